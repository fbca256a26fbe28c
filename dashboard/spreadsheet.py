"""Shelf lines as CSV that is safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with = + - @ (or tab, CR, LF, or the full-width forms)
as a formula, and names are chosen by strangers: such text gets a ' in front, which makes it
text ("CSV Injection", OWASP). Numbers and times are left as they are.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from dashboard.shelf import Line

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
    """The header, then a row for each line; what is not known is an empty cell.

    counted_at is empty when never counted, due when nothing is on order or no date is promised.
    sold_per_day rests on days_in_stock, and is thin (true) when they are too few to decide by;
    days_of_cover is inf when nothing sells.

    raw: leave text as it is, for programs rather than spreadsheets.
    """
    text = _as_it_is if raw else defused
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
            coming.on_order,
            iso(coming.due) if coming.due else "",
            coming.in_transit,
            _rounded(sells.per_day),
            sells.days or "",
            ("true" if sells.thin else "false") if sells.days else "",
            _rounded(one.days_of_cover),
            one.suggested_order,
        )
        for one in lines
        for level, product, coming, sells in (
            (one.level, one.product, one.coming, one.outlook.velocity),
        )
    )


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


def iso(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: 2026-01-31T09:00:00.000Z."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


class _Lines:
    """Ends rows with LF alone. A csv.writer told to do so would leave a CR in a name unquoted."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(row.removesuffix("\r\n") + "\n")


def _as_it_is(text: str) -> str:
    return text
