"""A sheet of a workbook (xlsx, xlsm, xlsb, xls, ods) as lines of text."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from connect.errors import UserError
from producers.replay.csv_lines import Line
from producers.replay.file_kind import OLE, start_of
from producers.replay.header import HEADER_WITHIN, find_header
from producers.replay.mapping import Layout
from producers.replay.parsing import EXACT

PROTECTED = "EncryptedPackage".encode("utf-16-le")


class SheetFile:
    """Reads a sheet. A line's number is its row."""

    encoding = "utf-8"
    form = "a sheet of a workbook"
    is_rejects = False

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


def sheets(name: str, path: Path) -> Iterator[CalamineSheet]:
    """Yield the sheets of a workbook that hold something. Raises UserError."""
    if start_of(path).startswith(OLE) and PROTECTED in path.read_bytes():
        raise _protected(name)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheet_names:
            yield workbook.get_sheet_by_name(sheet)
    except PasswordError:
        raise _protected(name) from None
    except CalamineError as error:
        raise UserError(
            f"{name} is a document of Microsoft Office or OpenOffice without a sheet that can be "
            f"read ({error}): save the table as xlsx or CSV."
        ) from None


def _protected(name: str) -> UserError:
    return UserError(
        f"{name} is an Excel workbook that is password-protected: save a copy without a password."
    )
