"""Shelf lines as CSV that is safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with = + - @ (or tab, CR, LF, or the full-width forms)
as a formula. Names are untrusted input, so such text is prefixed with ' ("CSV Injection",
OWASP). Numbers and times stay as they are.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from dashboard.model.shelf import Line

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
)
DANGEROUS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def write(lines: Iterable[Line], file: TextIO, raw: bool = False) -> None:
    """Write the header and a row for each line; an unknown value is an empty cell.

    counted_at is empty when never counted, due when nothing is on order or no date is set.
    sold_per_day is an average over days_in_stock; thin is true when these are too few to decide
    by; days_of_cover is inf when nothing sells.

    raw: write text unchanged, for programs instead of spreadsheets.
    """
    text = _unchanged if raw else escaped
    writer = csv.writer(_Lines(file))
    writer.writerow(HEADER)
    writer.writerows(
        (
            text(level.store_id),
            text(level.sku),
            text(product.name) if product else "",
            text(product.category) if product else "",
            one.status,
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
            incoming.on_order,
            iso(incoming.due) if incoming.due else "",
            incoming.in_transit,
            _rounded(velocity.per_day),
            velocity.days or "",
            ("true" if velocity.thin else "false") if velocity.days else "",
            _rounded(one.days_of_cover),
            one.suggested_order,
        )
        for one in lines
        for level, product, incoming, velocity in (
            (one.level, one.product, one.incoming, one.outlook.velocity),
        )
    )


def escaped(text: str) -> str:
    """Prefix text that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


def iso(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: 2026-01-31T09:00:00.000Z."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


class _Lines:
    """Ends rows with LF. csv.writer(lineterminator=LF) would leave a CR in a name unquoted."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(row.removesuffix("\r\n") + "\n")


def _unchanged(text: str) -> str:
    return text
