"""Doubts about events that are valid one by one, and wrong together."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
NAMES = ("sku", "store_id", "from_store", "to_store", "barcodes")
FIGURES = ("quantity", "line_amount", "counted_at")
"""Fields of valid_events; figures as text."""
SENTENCES: dict[str, str] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
"""Sentences by the name of a doubt."""


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
    for question, parameters in _questions():
        for doubt, *values in proposals.rows(question, parameters):
            sentences.append(SENTENCES[doubt].format(*values))
    for more in (_grouped, _foreign, unlisted_values):
        sentences += more(mapping, proposals)
    return sentences


def _valid_events(mapping: Mapping, proposals: Proposals) -> str:
    """Return the SQL of valid_events."""
    selects = []
    for number, event in enumerate(mapping.events):
        own = {name: value_of(number, name) for name in event.fields}
        columns = [f"{own.get(name, 'NULL')} AS {name}" for name in NAMES]
        columns += [f"CAST({own.get(name, 'NULL')} AS VARCHAR) AS {name}" for name in FIGURES]
        inputs = proposals.sql[own["sku"]].inputs if "sku" in own else ()
        columns.append(f"CAST([{', '.join(map(literal, inputs))}] AS VARCHAR[]) AS sku_columns")
        selects.append(
            f"SELECT {literal(event.record_type.__name__)} AS record_type, file_row, file_line, "
            f"file_padded, {', '.join(columns)} "
            f"FROM proposals WHERE {is_event(number)} AND {problem_of(number)} IS NULL"
        )
    return " UNION ALL ".join(selects)


def _questions() -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield the names of statements of sql/ whose rows are doubts, and their parameters."""
    values = vocabulary()["values"]
    totals = "|".join(map(re.escape, values["totals"]))
    words = [*values["totals"], *values["charge"], *values["no_goods"]]
    yield "none", None
    yield "sums", {"words": words, "of_group": rf"({totals})[ :].*|.* ({totals})"}
    yield "recounts", None
    yield "signs", {"below_zero": NEGATIVE.pattern}


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
        SENTENCES["grouped"].format(column)
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
            sentences.append(SENTENCES["foreign"].format(", ".join(codes), known[1]))
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
        return [SENTENCES["no_opening"]]
    # Imported for the read model only, as its client takes long to import.
    from views.opened_shelves import opened_shelves  # noqa: PLC0415

    held = sorted({(text(store), text(sku)) for store, sku in proposals.rows("shelves")})
    opened = opened_shelves(settings, {store for store, _ in held})
    missing = [shelf for shelf in held if shelf not in opened]
    if len(missing) == len(held):
        return [SENTENCES["no_opening"]]
    some = _some([f"{sku} at {store}" for store, sku in missing])
    return (
        [SENTENCES["some_opening"].format(f"{len(missing):,}", f"{len(held):,}", some)]
        if missing
        else []
    )


def _some(examples: list[str]) -> str:
    more = len(examples) - SHOWN
    return ", ".join(examples[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
