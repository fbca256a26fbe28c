"""Small tables as HTML."""

from dashboard.web.html_table import table


def test_an_empty_cell_is_empty_and_a_blank_name_is_named() -> None:
    shown = table(("contract", "note"), [("sales", ""), (" ", "<b>")])
    assert "<td>sales</td><td></td>" in shown
    assert "<td>(blank)</td><td>&lt;b&gt;</td>" in shown
