"""Text of others neither runs in a spreadsheet nor is obeyed by a terminal."""

import csv
import io
import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some
from rich.console import Console

from audit import console_report
from audit.audit_report import Report
from audit.differences import Differences
from connect.errors import UserError
from connect.safe_text import for_spreadsheet, for_terminal
from dashboard.queries.exported_levels import ExportedLevel
from dashboard.text import spreadsheet
from tests.support.store_records import level, product

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
PIECES = [*SIGNS, ";", "\t", "\r", "\n", '"', "'", " ", "\xa0", ",", "a", "1"]
names = some.lists(some.sampled_from(PIECES), max_size=8).map("".join)
CLEAR = "\x1b]0;title\x07\x1b[2J\x9b2J"


def cells(line: str, separator: str) -> Iterator[str]:
    """Separate a line as spreadsheets do: quotes count at the beginning of a cell only."""
    cell, quoted, begun, at = "", False, False, 0
    while at < len(line):
        one = line[at]
        if quoted and line[at : at + 2] == '""':
            cell, at = cell + '"', at + 1
        elif quoted and one == '"':
            quoted = False
        elif not quoted and not begun and one == '"':
            quoted = True
        elif not quoted and one in (separator, "\n", "\r", "\t"):
            yield cell
            cell, begun, at = "", False, at + 1
            continue
        else:
            cell += one
        begun, at = True, at + 1
    yield cell


def runs(cell: str) -> bool:
    return cell.lstrip(' \xa0\t\r\n"').startswith(tuple(SIGNS))


@pytest.mark.parametrize("separator", [",", ";"])
@given(name=names)
def test_no_cell_is_a_formula_whichever_separator_the_spreadsheet_uses(
    separator: str, name: str
) -> None:
    file = io.StringIO(newline="")
    spreadsheet.write([ExportedLevel(level("a", 7), product("a", name=name))], file)
    row = file.getvalue().partition("\n")[2]
    assert not [cell for cell in cells(row, separator) if runs(cell)]


def test_a_name_that_is_cut_into_cells_at_semicolons_runs_nothing() -> None:
    safe = for_spreadsheet("Milk;=cmd|' /C calc'!A0\t+1\n\"@SUM(1)")
    assert safe == "Milk;'=cmd|' /C calc'!A0\t'+1\n'\"@SUM(1)"
    assert for_spreadsheet("Milk; 3 - 5 %; a=b") == "Milk; 3 - 5 %; a=b"


def test_all_text_of_the_export_is_quoted_and_reads_back() -> None:
    file = io.StringIO(newline="")
    spreadsheet.write([ExportedLevel(level("a", 7), product("a", name='1" nail'))], file)
    _, row = file.getvalue().splitlines()
    assert row.startswith('"S1","a","1"" nail","A","low",7,10,3,')
    (values,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert (values["name"], values["on_hand"]) == ('1" nail', "7")


@given(some.text())
def test_a_terminal_gets_no_control_character_but_tab_and_line_feed(text: str) -> None:
    shown = for_terminal(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    assert for_terminal(shown) == shown
    if text.isprintable():
        assert shown == text


def test_half_of_a_surrogate_pair_can_be_printed() -> None:
    """A schema's JSON can spell one, and a sentence can quote the schema."""
    assert for_terminal("long \ud800 is expected").encode() == b"long \\ud800 is expected"


def test_an_error_shows_the_controls_of_what_it_quotes() -> None:
    @click.command()
    def command() -> None:
        raise UserError(f"No store {CLEAR}.")

    assert CliRunner().invoke(command).output == (
        "Error: No store \\x1b]0;title\\x07\\x1b[2J\\x9b2J.\n"
    )


def test_the_audit_shows_the_controls_of_the_keys_it_names() -> None:
    differences = Differences()
    differences.add("inventory-levels", (CLEAR, "a"), "is missing")
    output = io.StringIO()
    report = Report(accounts={}, tallies={}, differences=differences)
    console_report.show(report, Console(file=output, width=200))
    assert not re.search(r"[\x07\x1b\x9b]", output.getvalue())
    assert "\\x1b]0;title" in output.getvalue()
