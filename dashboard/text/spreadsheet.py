"""Levels as CSV that is safe to open in a spreadsheet.

Names are untrusted input, and a spreadsheet runs a cell that begins with = + - @ as a formula: a '
is put before it, and all text is quoted. Numbers and times stay as they are.
"""

import csv
import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from connect.safe_text import for_spreadsheet
from dashboard.queries.exported_levels import ExportedLevel
from views.amounts import PIECES
from views.demand import days_of_cover
from views.stock import status

HEADER = (
    "store_id",
    "sku",
    "name",
    "category",
    "status",
    "on_hand",
    "reorder_point",
    "sold",
    "returned",
    "received",
    "version",
    "last_movement_at",
    "adjusted",
    "transferred_in",
    "transferred_out",
    "counted_at",
    "on_order",
    "due",
    "in_transit",
    "sold_per_day",
    "days_in_stock",
    "thin",
    "days_of_cover",
    "suggested_order",
    "unit",
)


class Output(Protocol):
    """A text file, or what takes its place."""

    def write(self, text: str, /) -> object: ...


def write(lines: Iterable[ExportedLevel], file: Output, raw: bool = False) -> None:
    """Write the header and a row for each level; an unknown value is an empty cell.

    counted_at is empty when never counted, due when nothing is on order or no date is set.
    sold_per_day is an average over days_in_stock; thin is true when these are too few to decide
    by; days_of_cover is empty when unknown, and when nothing sells. Amounts are whole numbers of
    `unit`, such as g.

    raw: write text unchanged, for programs instead of spreadsheets.
    """
    text = _unchanged if raw else for_spreadsheet
    file.write(",".join(HEADER) + "\n")
    writer = csv.writer(_Lines(file), quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows(_cells(one, text) for one in lines)


def _cells(one: ExportedLevel, text: Callable[[str], str]) -> tuple[object, ...]:
    level, product, velocity = one.level, one.product, one.velocity
    per_day = velocity.per_day if velocity else None
    return (
        text(level.store_id),
        text(level.sku),
        text(product.name) if product else "",
        text(product.category) if product else "",
        status(level, product),
        level.on_hand,
        product.reorder_point if product else "",
        level.sold,
        level.returned,
        level.received,
        level.version,
        iso(level.last_movement_at),
        level.adjusted,
        level.transferred_in,
        level.transferred_out,
        iso(level.counted_at) if level.counted_at else "",
        one.on_order,
        iso(one.due_at) if one.due_at else "",
        one.in_transit,
        _rounded(per_day),
        velocity.days if velocity else "",
        ("true" if velocity.thin else "false") if velocity else "",
        _rounded(days_of_cover(level.on_hand, per_day)),
        one.suggested_order,
        (product.unit or PIECES) if product else "",
    )


def _rounded(figure: float | None) -> float | None:
    # Spreadsheets take inf for text.
    return None if figure is None or math.isinf(figure) else round(figure, 4)


def iso(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: 2026-01-31T09:00:00.000Z."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


class _Lines:
    """Ends rows with LF. csv.writer(lineterminator=LF) would leave a CR in a name unquoted."""

    def __init__(self, file: Output) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(row.removesuffix("\r\n") + "\n")


def _unchanged(text: str) -> str:
    return text
