"""Doubts about events that are valid one by one, and wrong together."""

import re
from collections import defaultdict
from itertools import product
from pathlib import Path

from connect.settings import Settings
from producers.replay.barcode_doubts import barcode_doubts
from producers.replay.column_content import NEGATIVE, currencies, distinct, may_be_grouped
from producers.replay.column_names import vocabulary
from producers.replay.expressions import literal, quoted
from producers.replay.mapping import Mapping, fields
from producers.replay.parsing import text
from producers.replay.proposals import Proposals, is_event, problem_of, value_of
from producers.replay.text_table import OWN
from producers.replay.unlisted_values import unlisted_values
from schemas.generated import Adjustment, Shipment, StockCount, Transaction

STATEMENT = Path(__file__).with_suffix(".sql")
SHOWN = 3
"""Examples in a sentence."""
STORES = ("store_id", "from_store", "to_store")
SHELF = ("sku", "store_id", "counted_at")
"""Fields of a count that another one must not share."""
SENTENCES = {
    "alike": (
        "SKUs or stores that differ only in case, blanks or leading zeros: {}. Each has a level of "
        "its own: if they are one, write one form in the mapping, such as upper(…) or "
        "lpad(…, 8, '0')."
    ),
    "padded": (
        "SKUs that stand with and without outer blanks: {}. The blanks are removed, so that both "
        "are one product."
    ),
    "shortened": (
        "Codes of which a spreadsheet has dropped digits: {}. Format the column as text in the "
        "original, and export it again; different products may have become one."
    ),
    "remade": (
        "Codes of which a program seems to have made numbers or dates: {}. Format the column as "
        "text in the original, and export it again."
    ),
    "lost": (
        "SKUs or stores in which letters are lost or became signs: {}. Export them again in UTF-8, "
        'or set csv.encoding in the mapping, such as "twice-cp1252" if Ã¤ is ä.'
    ),
    "weighed": (
        "Codes that a scale prints, with a weight or a price in them: {}. Each has a level of its "
        "own: write the code of the product in the mapping, such as substr(…, 1, 7)."
    ),
    "misread": (
        "Barcodes with a wrong check digit for an EAN or UPC code: {}. They stay as they are: "
        "compare those that are not codes of your own with the packages."
    ),
    "shared": "Barcodes of more than one product: {}. A scan then offers all of them.",
}
NO_OPENING = (
    "No opening stock: the file has no count and no receipt of goods. Unless they were sent "
    "before, every level is below zero until one comes: replay a stocktake, too (contract "
    "stock_count)."
)
SOME_OPENING = (
    "No opening stock of {} of {} products of stores, such as {}: neither the file nor the read "
    "model has a count or a receipt of them. Replay a stocktake of them, too."
)
GROUPED = (
    "{!r} has numbers such as 1.250 beside whole ones: if the point separates thousands, set "
    "decimal_comma = true in the mapping, else false."
)
SUMS = (
    "Lines that seem to be no goods, but sums, discounts or charges: {}, such as that of SKU {!r} "
    "in line {}. Exclude them by where: what is sent once stays counted."
)
RECOUNTED = (
    "Several counts of one product in one store at one moment: {} products, such as {} at {} in "
    "line {}. One of them counts, not their sum: if lines are lots, bins or recounts, see "
    'docs/bring-your-own-data.md, "Lots and bins".'
)
SOLD_FOR_LESS = (
    "Lines that sell goods for an amount below zero: {}, first in line {}. If goods came back, "
    "turn their quantity below zero; if they are discounts or deposits, exclude them by where."
)
BACK_FOR_MORE = (
    "Lines that take goods back for an amount above zero: {}, first in line {}. If the file writes "
    "sales as issues of stock, turn the quantity: '-number(…)'."
)
SIGNS = (
    (SOLD_FOR_LESS, "line_amount", "quantity"), (BACK_FOR_MORE, "quantity", "line_amount"),
)  # fmt: skip
FOREIGN = "Amounts are in {}, and the mapping takes them all as {}: name the currency by line."


def doubts(mapping: Mapping, proposals: Proposals, settings: Settings | None) -> list[str]:
    """Return a sentence for each doubt about the lines that are events, with its remedy.

    settings: of the read model, which knows the opening stock that was counted; None: without
    a look. Raises UserError when it does not answer.
    """
    database = proposals.database.cursor()
    examples: dict[str, list[str]] = defaultdict(list)
    codes = []
    present = set()
    for number, event in enumerate(mapping.events):
        lines = f"FROM proposals WHERE {is_event(number)} AND {problem_of(number)} IS NULL"
        if database.execute(f"SELECT 1 {lines} LIMIT 1").fetchone():
            present.add(event.record_type)
        for name in event.fields.keys() & {"sku", *STORES}:
            value = value_of(number, name)
            sources = ", ".join(map(literal, proposals.sql[value].inputs))
            codes.append(
                f"SELECT {name == 'sku'} AS is_sku, CAST({value} AS VARCHAR) AS code, "
                "min(file_row) AS first_row, "
                f"coalesce(list_has_any(file_padded, CAST([{sources}] AS VARCHAR[])), false) "
                f"OR code <> trim(code) AS is_padded {lines} AND {value} IS NOT NULL GROUP BY ALL"
            )
    if codes:
        statement = STATEMENT.read_text(encoding="utf-8").format(codes=" UNION ALL ".join(codes))
        for doubt, example, _ in database.execute(statement).fetchall():
            examples[doubt].append(example)
    for doubt, example in barcode_doubts(mapping, proposals):
        examples[doubt].append(example)
    sentences = [SENTENCES[doubt].format(_some(each)) for doubt, each in sorted(examples.items())]
    if present & {Transaction, Adjustment} and not present & {StockCount, Shipment}:
        sentences += _unopened(mapping, proposals, settings)
    if not present and proposals.count:
        sentences += _none(mapping, proposals)
    for more in (_sums, _recounted, _sold_for_less, _grouped, _foreign, unlisted_values):
        sentences += more(mapping, proposals)
    return sentences


def _none(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence if `where` excludes every line."""
    events = " OR ".join(is_event(number) for number in range(len(mapping.events)))
    query = f"SELECT 1 FROM proposals WHERE {events} LIMIT 1"
    if proposals.database.cursor().execute(query).fetchone():
        return []
    return [f"No line is an event: `where` excludes all {proposals.count:,} of them."]


def _sums(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence on events whose SKU is a word for a sum of other lines, or for no goods."""
    values = vocabulary()["values"]
    words = ", ".join(map(literal, (*values["totals"], *values["charge"], *values["no_goods"])))
    totals = "|".join(map(re.escape, values["totals"]))
    of_group = literal(rf"({totals})[ :].*|.* ({totals})")
    # The words are compared once for each SKU, of which there are few.
    queries = [
        f"SELECT {value_of(number, 'sku')} AS code, count(*) AS lines, min(file_line) AS first "
        f"FROM proposals WHERE {is_event(number)} AND {problem_of(number)} IS NULL GROUP BY code"
        for number, event in enumerate(mapping.events)
        if "sku" in event.fields
    ]
    if not queries:
        return []
    every = " UNION ALL ".join(queries)
    is_sum = f"word(code) IN ({words}) OR regexp_full_match(word(code), {of_group})"
    query = f"SELECT * FROM ({every}) WHERE {is_sum} ORDER BY first"
    held = proposals.database.cursor().execute(query).fetchall()
    total = sum(lines for _, lines, _ in held)
    return [SUMS.format(f"{total:,}", held[0][0], held[0][2])] if held else []


def _recounted(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence on counts of which only one can hold; equal lines say the same."""
    queries = [
        f"SELECT {', '.join(f'CAST({value_of(number, name)} AS VARCHAR)' for name in SHELF)}, "
        f"file_line, content FROM proposals JOIN lines USING (file_row) "
        f"WHERE {is_event(number)} AND {problem_of(number)} IS NULL "
        f"AND {value_of(number, 'quantity')} IS NOT NULL"
        for number, event in enumerate(mapping.events)
        if event.record_type is StockCount
    ]
    if not queries:
        return []
    query = f"""
    WITH lines AS (
        SELECT file_row, hash(*COLUMNS(* EXCLUDE (file_row, {", ".join(OWN)}))) AS content FROM file
    ),
    counts(sku, store, moment, line, content) AS ({" UNION ALL ".join(queries)})
    SELECT trim(sku), trim(store), max(line) AS latest
    FROM counts
    WHERE sku IS NOT NULL AND store IS NOT NULL
    GROUP BY sku, store, moment HAVING count(DISTINCT content) > 1 ORDER BY latest
    """
    held = proposals.database.cursor().execute(query).fetchall()
    return [RECOUNTED.format(f"{len(held):,}", *held[0])] if held else []


def _sold_for_less(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return sentences on sales whose quantity has another sign than their amount."""
    sentences = []
    minus = literal(NEGATIVE.pattern)
    sales = [n for n, event in enumerate(mapping.events) if event.record_type is Transaction]
    for number, (sentence, *names) in product(sales, SIGNS):
        below, above = (f"CAST({value_of(number, name)} AS VARCHAR)" for name in names)
        query = f"""
        SELECT count(*), min(file_line) FROM proposals
        WHERE {is_event(number)} AND {problem_of(number)} IS NULL
            AND regexp_matches({below}, {minus}) AND regexp_matches({below}, '[1-9]')
            AND NOT regexp_matches({above}, {minus}) AND regexp_matches({above}, '[1-9]')
        """
        ((lines, first),) = proposals.database.cursor().execute(query).fetchall()
        if lines:
            sentences.append(sentence.format(f"{lines:,}", first))
    return sentences


def _grouped(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence for each column in which a point may separate thousands."""
    if mapping.decimal_comma is not None:
        return []
    database = proposals.database.cursor()
    columns = {
        column
        for number in range(len(mapping.events))
        for column in _columns(mapping, proposals, number, "int", "long")
    }
    return [
        GROUPED.format(column)
        for column in sorted(columns)
        if may_be_grouped(distinct(database, quoted(column)))
    ]


def _foreign(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence for each event with amounts in another currency than the mapping's."""
    sentences = []
    for number, event in enumerate(mapping.events):
        known = re.fullmatch("'([A-Z]{3})'", event.fields.get("currency", ""))
        columns = _columns(mapping, proposals, number, "decimal") if known else []
        codes = currencies(proposals.database.cursor(), columns)
        if known and set(codes) - {known[1]}:
            sentences.append(FOREIGN.format(", ".join(codes), known[1]))
    return sentences


def _columns(mapping: Mapping, proposals: Proposals, number: int, *types: str) -> list[str]:
    """Return the columns that are fields of some types as they are."""
    event = mapping.events[number]
    return [
        expression.inputs[0]
        for name, declared in fields(event.record_type).items()
        if declared.type in types
        and (expression := proposals.sql.get(value_of(number, name)))
        and expression.is_column
    ]


def _unopened(mapping: Mapping, proposals: Proposals, settings: Settings | None) -> list[str]:
    """Return a sentence if there are shelves without opening stock."""
    if settings is None:
        return [NO_OPENING]
    # Imported for the read model only, as its client takes long to import.
    from views.opened_shelves import opened_shelves  # noqa: PLC0415

    shelves = " UNION ".join(
        f"SELECT DISTINCT {value_of(number, 'store_id')}, {value_of(number, 'sku')} "
        f"FROM proposals WHERE {is_event(number)} AND {problem_of(number)} IS NULL"
        for number, event in enumerate(mapping.events)
        if event.record_type in (Transaction, Adjustment)
    )
    rows = proposals.database.cursor().execute(shelves).fetchall()
    held = sorted({(text(store), text(sku)) for store, sku in rows if None not in (store, sku)})
    stores = {store for store, _ in held}
    opened = opened_shelves(settings, stores)
    missing = [shelf for shelf in held if shelf not in opened]
    if len(missing) == len(held):
        return [NO_OPENING]
    some = _some([f"{sku} at {store}" for store, sku in missing])
    return [SOME_OPENING.format(f"{len(missing):,}", f"{len(held):,}", some)] if missing else []


def _some(examples: list[str]) -> str:
    more = len(examples) - SHOWN
    return ", ".join(examples[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
