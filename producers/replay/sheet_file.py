"""A sheet of a workbook (xlsx, xlsm, xlsb, xls, ods) as lines of text."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from connect.errors import UserError
from producers.replay.csv_lines import Line
from producers.replay.file_kind import OLE, start_of
from producers.replay.header import HEADER_WITHIN, find_header
from producers.replay.mapping import Layout
from producers.replay.parsing import EXACT

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL = re.compile(rb'<c [^>]{0,40}?\br="([A-Z]{1,3})(\d{1,7})"')
LONGEST = 64
"""Bytes of the start of a cell."""
LARGEST = 10_000_000
"""Cells of a sheet, empty ones included, of which each takes some 30 bytes of memory."""
PROTECTED = "EncryptedPackage".encode("utf-16-le")


class SheetFile:
    """Reads a sheet. A line's number is its row."""

    encoding = "utf-8"
    form = "a sheet of a workbook"
    is_rejects = False
    start = b""

    def __init__(
        self, sheet: CalamineSheet, layout: Layout, needed: set[str], comma: bool | None
    ) -> None:
        """comma: numbers are written with a decimal comma, as the mapping reads them."""
        self._sheet = sheet
        self._comma = bool(comma)
        self.header = find_header(self._rows(HEADER_WITHIN), layout, needed)

    def lines(self) -> Iterator[Line]:
        """Yield the rows below the header."""
        for number, cells in self._rows():
            if number > self.header.end:
                yield Line(number, cells[: self.header.width])

    def _rows(self, count: int | None = None) -> Iterator[tuple[int, list[str | None]]]:
        rows = self._sheet.to_python(skip_empty_area=False, nrows=count)
        for number, row in enumerate(rows, start=1):
            yield number, [self._text(value) for value in row]

    def _text(self, value: Any) -> str | None:
        match value:
            case bool():
                return str(value).lower()
            case float() if value.is_integer() and abs(value) < EXACT:
                return str(int(value))
            case int() | float():
                return repr(value).replace(".", ",") if self._comma else repr(value)
            case datetime() | date() | time():
                return value.isoformat()
            case timedelta():
                return str(value)
        return str(value)


def sheets(name: str, path: Path, pattern: str) -> Iterator[tuple[str, CalamineSheet | None]]:
    """Yield the sheets of a workbook whose names have a pattern; None is a hidden one.

    What is hidden is often an older copy: hidden sheets need a pattern of their own.
    Raises UserError.
    """
    if start_of(path).startswith(OLE) and PROTECTED in path.read_bytes():
        raise _protected(name)
    _require_size(name, path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheets_metadata:
            is_shown = pattern != "*" or sheet.visible is SheetVisibleEnum.Visible
            if fnmatchcase(sheet.name, pattern):
                yield sheet.name, workbook.get_sheet_by_name(sheet.name) if is_shown else None
    except PasswordError:
        raise _protected(name) from None
    except CalamineError as error:
        raise UserError(
            f"{name} is a document of Microsoft Office or OpenOffice without a sheet that can be "
            f"read ({error}): save the table as xlsx or CSV."
        ) from None


def _require_size(name: str, path: Path) -> None:
    """Refuse a sheet of Excel that is too large for the reader, which fills all of its area."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for member in filter(SHEET.fullmatch, archive.namelist()):
            row, column, rest = 0, b"", b""
            with archive.open(member) as sheet:
                while chunk := sheet.read(1 << 20):
                    cells = CELL.findall(rest + chunk)
                    column = max([column, *{letters for letters, _ in cells}], key=_of_column)
                    row = max([row, *(int(digits) for _, digits in cells[-1:])])
                    rest = chunk[-LONGEST:]
            if row * _number(column) > LARGEST:
                raise UserError(
                    f"{name} has a sheet that reaches to cell {column.decode()}{row}: delete the "
                    "empty rows and columns below and beside its table, or save it as CSV."
                )


def _of_column(letters: bytes) -> tuple[int, bytes]:
    return len(letters), letters


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _protected(name: str) -> UserError:
    return UserError(
        f"{name} is an Excel workbook that is password-protected: save a copy without a password."
    )
