"""A table of the screen as a file for a spreadsheet, as CSV or as Excel's own.

Text stays text: a spreadsheet takes the leading zeros from a code of a CSV file, and runs a cell
that begins with = + - @ as a formula. Excel's own files say of each cell that it is text.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO

import xlsxwriter

from connect.safe_text import for_spreadsheet, for_terminal

UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
"""Characters that the name of a file cannot have everywhere."""
WIDTHS = (10, 40)
"""Least and greatest width of a column, characters."""
LARGEST_CELL = 32_767
"""Maximum number of characters of a cell; Excel does not open a file with a longer one."""

Cell = str | int | float | None
"""None: unknown, an empty cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a table, in order."""

    labels: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_bytes(sheet: Sheet) -> bytes:
    """Return the file in UTF-8, with the mark that Excel needs."""
    file = StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(sheet.labels)
    writer.writerows(
        [for_spreadsheet(cell) if isinstance(cell, str) else cell for cell in row]
        for row in sheet.rows
    )
    return file.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheet: Sheet) -> bytes:
    """Return a workbook of one sheet, whose heading stays in view."""
    file = BytesIO()
    # Rows go to the file one by one: a whole chain is never in memory.
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page, heading = book.add_worksheet(), book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for column, label in enumerate(sheet.labels):
            page.set_column(column, column, min(max(len(label) + 2, WIDTHS[0]), WIDTHS[1]))
            page.write_string(0, column, label, heading)
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(number, column, for_terminal(cell)[:LARGEST_CELL])
                elif cell is not None:
                    page.write_number(number, column, cell)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    mime: str
    write: Callable[[Sheet], bytes]


FORMATS: Mapping[str, Format] = {
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
    "csv": Format("text/csv", csv_bytes),
}
"""By the ending of the name."""


def file_name(what: str, store_id: str, at: datetime, ending: str) -> str:
    """Name a file by store and time: stock_S1_2026-01-31_0900.csv."""
    return f"{what}_{UNSAFE.sub('-', store_id) or 'store'}_{at:%Y-%m-%d_%H%M}.{ending}"
