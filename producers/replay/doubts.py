"""Doubts about events that are valid one by one, and wrong together."""

import re
from collections import defaultdict

from connect.settings import Settings
from producers.replay.barcode_doubts import barcode_doubts
from producers.replay.column_content import NEGATIVE, currencies, distinct, may_be_grouped
from producers.replay.column_names import vocabulary
from producers.replay.expressions import literal, quoted
from producers.replay.mapping import Mapping, fields
from producers.replay.parsing import text
from producers.replay.proposals import Proposals, is_event, problem_of, value_of
from producers.replay.unlisted_values import unlisted_values

SHOWN = 3
"""Examples in a sentence."""
FIELDS = (
    "sku", "store_id", "from_store", "to_store", "quantity", "line_amount", "counted_at",
    "barcodes",
)  # fmt: skip
"""Fields of valid_events."""
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
NO_EVENTS = "No line is an event: `where` excludes all {} of them."
FOREIGN = "Amounts are in {}, and the mapping takes them all as {}: name the currency by line."


def doubts(mapping: Mapping, proposals: Proposals, settings: Settings | None) -> list[str]:
    """Return a sentence for each doubt about the lines that are events, with its remedy.

    settings: of the read model, which knows the opening stock that was counted; None: without
    a look. Raises UserError when it does not answer.
    """
    proposals.rows("valid_events", events=_valid_events(mapping, proposals))
    examples: dict[str, list[str]] = defaultdict(list)
    for doubt, example, _ in proposals.rows("codes"):
        examples[doubt].append(example)
    for doubt, example in barcode_doubts(proposals):
        examples[doubt].append(example)
    sentences = [SENTENCES[doubt].format(_some(each)) for doubt, each in sorted(examples.items())]
    present = {record_type for (record_type,) in proposals.rows("record_types")}
    if present & {"Transaction", "Adjustment"} and not present & {"StockCount", "Shipment"}:
        sentences += _unopened(proposals, settings)
    if proposals.count and not present and not proposals.rows("events"):
        sentences.append(NO_EVENTS.format(f"{proposals.count:,}"))
    sentences += [*_sums(proposals), *_recounted(proposals), *_wrong_signs(proposals)]
    for more in (_grouped, _foreign, unlisted_values):
        sentences += more(mapping, proposals)
    return sentences


def _valid_events(mapping: Mapping, proposals: Proposals) -> str:
    """Return the SQL of valid_events."""
    selects = []
    for number, event in enumerate(mapping.events):
        own = {name: value_of(number, name) for name in FIELDS if name in event.fields}
        columns = [f"{own.get(name, 'NULL')} AS {name}" for name in FIELDS]
        inputs = proposals.sql[own["sku"]].inputs if "sku" in own else ()
        columns.append(f"CAST([{', '.join(map(literal, inputs))}] AS VARCHAR[]) AS sku_columns")
        selects.append(
            f"SELECT {literal(event.record_type.__name__)} AS record_type, file_row, file_line, "
            f"file_padded, {', '.join(columns)} "
            f"FROM proposals WHERE {is_event(number)} AND {problem_of(number)} IS NULL"
        )
    return " UNION ALL ".join(selects)


def _sums(proposals: Proposals) -> list[str]:
    """Return a sentence on events whose SKU is a word for a sum of other lines, or for no goods."""
    values = vocabulary()["values"]
    totals = "|".join(map(re.escape, values["totals"]))
    held = proposals.rows(
        "sums",
        {
            "words": [*values["totals"], *values["charge"], *values["no_goods"]],
            "of_group": rf"({totals})[ :].*|.* ({totals})",
        },
    )
    total = sum(lines for _, lines, _ in held)
    return [SUMS.format(f"{total:,}", held[0][0], held[0][2])] if held else []


def _recounted(proposals: Proposals) -> list[str]:
    """Return a sentence on counts of which only one can hold; equal lines say the same."""
    held = proposals.rows("recounts")
    return [RECOUNTED.format(f"{len(held):,}", *held[0])] if held else []


def _wrong_signs(proposals: Proposals) -> list[str]:
    """Return sentences on sales whose quantity has another sign than their amount."""
    return [
        (SOLD_FOR_LESS if is_below else BACK_FOR_MORE).format(f"{lines:,}", first)
        for is_below, lines, first in proposals.rows("signs", {"below_zero": NEGATIVE.pattern})
    ]


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


def _unopened(proposals: Proposals, settings: Settings | None) -> list[str]:
    """Return a sentence if there are shelves without opening stock."""
    if settings is None:
        return [NO_OPENING]
    # Imported for the read model only, as its client takes long to import.
    from views.opened_shelves import opened_shelves  # noqa: PLC0415

    held = sorted({(text(store), text(sku)) for store, sku in proposals.rows("shelves")})
    opened = opened_shelves(settings, {store for store, _ in held})
    missing = [shelf for shelf in held if shelf not in opened]
    if len(missing) == len(held):
        return [NO_OPENING]
    some = _some([f"{sku} at {store}" for store, sku in missing])
    return [SOME_OPENING.format(f"{len(missing):,}", f"{len(held):,}", some)] if missing else []


def _some(examples: list[str]) -> str:
    more = len(examples) - SHOWN
    return ", ".join(examples[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
