"""Files of a table: read back by other programs than the one that wrote them."""

import csv
import io
from datetime import datetime

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from dashboard.text.table_file import FORMATS, LARGEST_CELL, Cell, Sheet, file_name

LABELS = ["Product", "On hand", "Sold per day"]


def workbook(*rows: list[Cell]) -> list[list[tuple[str, object]]]:
    """Return type and value of each cell below the heading; s: text, n: number or empty."""
    file = io.BytesIO(FORMATS["xlsx"].write(Sheet(LABELS, rows)))
    (page,) = openpyxl.load_workbook(file).worksheets
    heading, *lines = page.iter_rows()
    assert [cell.value for cell in heading] == LABELS
    return [[(cell.data_type, cell.value) for cell in line] for line in lines]


def test_a_workbook_has_text_numbers_and_empty_cells_in_order() -> None:
    rows: list[list[Cell]] = [["Milk", -4, 0.25], ["Äpfel", None, None]]
    assert workbook(*rows) == [
        [("s", "Milk"), ("n", -4), ("n", 0.25)],
        [("s", "Äpfel"), ("n", None), ("n", None)],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "00123",
        "1e5",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "{=1}",
        "http://localhost/",
        "mailto:a@b",
        "<b>&",
        "_x0041_",
        "  blanks  ",
        "two\nlines",
    ],
)
def test_text_of_a_workbook_is_the_same_text_and_neither_formula_nor_link(text: str) -> None:
    file = io.BytesIO(FORMATS["xlsx"].write(Sheet(LABELS, [[text, 1, 1.0]])))
    cell = openpyxl.load_workbook(file).worksheets[0]["A2"]
    assert (cell.data_type, unescape(str(cell.value)), cell.hyperlink) == ("s", text, None)


def test_text_that_no_workbook_may_hold_is_shortened_or_written_as_codes() -> None:
    ((long, *_), (control, *_)) = workbook(["x" * 40_000, 0, 0], ["a\x00b\uffff", 0, 0])
    assert long == ("s", "x" * LARGEST_CELL)
    assert control == ("s", "a\\x00b\\uffff")


def test_codes_of_a_csv_file_keep_their_zeros_and_formulas_are_defused() -> None:
    written = FORMATS["csv"].write(Sheet(LABELS, [["00123", -7, None], ["=1", 1, 0.5]]))
    text = written.decode("utf-8-sig")
    assert '"00123",-7,' in text
    assert list(csv.reader(io.StringIO(text)))[1:] == [["00123", "-7", ""], ["'=1", "1", "0.5"]]


@pytest.mark.parametrize(
    ("store", "named"), [("S1", "S1"), ("../a b", "..-a-b"), ("Zürich", "Z-rich"), ("", "store")]
)
def test_a_file_is_named_by_store_and_time(store: str, named: str) -> None:
    at = datetime(2026, 1, 31, 9, 5)
    assert file_name("stock", store, at, "xlsx") == f"stock_{named}_2026-01-31_0905.xlsx"
