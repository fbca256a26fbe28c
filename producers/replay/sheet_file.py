"""A sheet of a workbook (xlsx, xlsm, xlsb, xls, ods) as lines of text."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from functools import partial
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
from producers.replay.part import Expected, Part
from producers.replay.rejects import added_cells, unrejected
from producers.replay.text_table import batches
from producers.replay.unpack import Unpacked

BOOK = "xl/workbook.xml"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL = re.compile(rb'<c [^>]{0,40}?\br="([A-Z]{1,3})(\d{1,7})"')
FORMULA = re.compile(rb"<f[ >/]")
UNCALCULATED = re.compile(rb"</f></c>|<f>[^<]*</f><v ?/></c>")
"""A formula without a value, which only a spreadsheet gives it."""
RECALCULATED = b'fullCalcOnLoad="1"'
"""Mark of a workbook that a program wrote: values of its formulas are those of none, or 0."""
LONGEST = 64
"""Bytes of the start of a cell."""
LARGEST = 10_000_000
"""Cells of a sheet, empty ones included, of which each takes some 30 bytes of memory."""
PROTECTED = "EncryptedPackage".encode("utf-16-le")


def sheet_parts(file: Unpacked, expected: Expected) -> Iterator[Part]:
    """Open the sheets of a workbook whose names have a pattern; a line's number is its row.

    What is hidden is often an older copy: hidden sheets need a pattern of their own, and are empty
    without it. Raises UserError.
    """
    name, path, pattern = file.name, file.path, expected.layout.part
    if start_of(path).startswith(OLE) and PROTECTED in path.read_bytes():
        raise _protected(name)
    _require_readable(name, path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheets_metadata:
            if not fnmatchcase(sheet.name, pattern):
                continue
            if pattern != "*" or sheet.visible is SheetVisibleEnum.Visible:
                yield _part(name, workbook.get_sheet_by_name(sheet.name), expected)
            else:
                hidden = f"{name}, hidden sheet {sheet.name!r}"
                yield Part(name=hidden, title=sheet.name, form="hidden", batches=iter(()))
    except PasswordError:
        raise _protected(name) from None
    except CalamineError as error:
        raise UserError(
            f"{name} is a document of Microsoft Office or OpenOffice without a sheet that can be "
            f"read ({error}): save the table as xlsx or CSV."
        ) from None


def _part(name: str, sheet: CalamineSheet, expected: Expected) -> Part:
    rows = partial(_rows, sheet, bool(expected.comma))
    added = next((added_cells(cells) for _, cells in rows(1)), 0)
    layout = Layout() if added else expected.layout
    first = ((number, cells[added:]) for number, cells in rows(HEADER_WITHIN))
    header = find_header(first, layout, expected.needed)
    below = (
        Line(number, cells[: header.width + added])
        for number, cells in rows()
        if number > header.end
    )
    lines = (unrejected(line, added) for line in below) if added else below
    return Part(
        name=f"{name}, sheet {sheet.name!r}",
        title=sheet.name,
        form="a sheet of a workbook",
        columns=header.columns,
        batches=batches(lines, header, expected.needed),
        is_rejects=added > 0,
    )


def _rows(
    sheet: CalamineSheet, comma: bool, count: int | None = None
) -> Iterator[tuple[int, list[str | None]]]:
    rows = sheet.to_python(skip_empty_area=False, nrows=count)
    for number, row in enumerate(rows, start=1):
        yield number, [_text(value, comma) for value in row]


def _text(value: Any, comma: bool) -> str | None:
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < EXACT:
            return str(int(value))
        case int() | float():
            return repr(value).replace(".", ",") if comma else repr(value)
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)


def _require_readable(name: str, path: Path) -> None:
    """Refuse a workbook of Excel whose formulas have no values yet.

    Refuse also a sheet that is too large for the reader, which fills all of its area.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        book = archive.read(BOOK) if BOOK in archive.namelist() else b""
        uncalculated = FORMULA if RECALCULATED in book else UNCALCULATED
        for member in filter(SHEET.fullmatch, archive.namelist()):
            row, column, rest = 0, b"", b""
            with archive.open(member) as sheet:
                while chunk := sheet.read(1 << 20):
                    if uncalculated.search(rest + chunk):
                        raise UserError(
                            f"{name} has formulas that no spreadsheet has calculated: open it in "
                            "one, save it, and replay that file."
                        )
                    cells = CELL.findall(rest + chunk)
                    column = max([column, *{letters for letters, _ in cells}], key=_number)
                    row = max([row, *(int(digits) for _, digits in cells[-1:])])
                    rest = chunk[-LONGEST:]
            if row * _number(column) > LARGEST:
                raise UserError(
                    f"{name} has a sheet that reaches to cell {column.decode()}{row}: delete the "
                    "empty rows and columns below and beside its table, or save it as CSV."
                )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _protected(name: str) -> UserError:
    return UserError(
        f"{name} is an Excel workbook that is password-protected: save a copy without a password."
    )
