"""Lines that are valid one by one, and wrong together or later, are a warning before that."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.clock import utc_now
from tests.support.conformance_exports import EXPORTS
from tests.support.exports import run
from tests.support.proposed_mappings import inspected, proposed, replayed, sales, written
from tests.support.sales_text import changed, mapped


def warnings(tmp_path: Path, text: str) -> list[str]:
    output = inspected(written(tmp_path, text))
    return [line for line in output.splitlines() if line.startswith("Warning: ")]


def counted(*skus: str) -> str:
    lines = [f"S1,{sku},3,{utc_now() - timedelta(days=1):%Y-%m-%d}" for sku in skus]
    return "\n".join(["Store,SKU,Counted,Date", *lines]) + "\n"


def test_skus_that_differ_in_their_writing_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, counted("A-1", "a-1", "00123", "123", "B 2", "B2", "C"))
    assert "'A-1' and 'a-1', '00123' and '123', 'B 2' and 'B2'. Each has a level" in warning
    assert warnings(tmp_path, counted("A-1", "A-2", "A-1")) == []


def test_skus_that_differ_in_outer_blanks_are_one_product_and_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, counted("A1", "A1 ", " B ", "C"))
    assert "with and without outer blanks: 'A1'. The blanks are removed" in warning
    assert warnings(tmp_path, counted("A1 ", " A1", "B ")) == []


def test_codes_without_their_last_digits_are_a_warning(tmp_path: Path) -> None:
    for code in ("4.00638E+12", "4006380000000"):
        (warning,) = warnings(tmp_path, counted(code, "4006381333931"))
        assert f"spreadsheet has dropped digits: {code}." in warning


def test_stores_that_differ_in_their_writing_are_a_warning(tmp_path: Path) -> None:
    text = counted("A").replace("S1,", "Main,") + counted("B").splitlines()[1].replace("S1", "MAIN")
    (warning,) = warnings(tmp_path, text)
    assert (
        "SKUs or stores that differ only in case, blanks or leading zeros: 'Main' and " in warning
    )
    assert warnings(tmp_path, counted("S1", "A1")) == []


def test_codes_that_a_program_made_numbers_or_dates_of_are_a_warning(tmp_path: Path) -> None:
    for code in ("123.0", "2026-03-05", "2026-03-05T00:00:00", "5-Mar", "Mar-05", "05. Mrz"):
        (warning,) = warnings(tmp_path, counted(code, "A1"))
        assert f"seems to have made numbers or dates: {code}. Format the column" in warning
    assert warnings(tmp_path, counted("1.25", "MAR", "12-ABC", "2026-03", "DEC-1")) == []


def test_codes_that_a_scale_prints_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, counted("2412345012048", "2412345008005", "4006381333931"))
    assert "with a weight or a price in them: 2412345012048 and 2412345008005." in warning
    assert warnings(tmp_path, counted("2000000000015", "2000000000022", "2412345012048")) == []


def test_a_count_that_will_be_refused_for_its_age_is_a_warning_before_it_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Store,SKU,Counted,Counted at\n" + "".join(
        f"S1,A{days},3,{utc_now() - timedelta(days=days, hours=1):%Y-%m-%dT%H:%M:%SZ}\n"
        for days in (6, 7, 30)
    )
    (warning,) = warnings(tmp_path, text)
    assert "refused (late_count, in quarantine), in lines: 2; first in line 3." in warning
    assert "The oldest is of 30 days ago, and INVENTORY_COUNT_SECONDS is 604800" in warning
    file = tmp_path / "sales.csv"
    seconds = re.findall(r"COUNT_SECONDS above (\d+)", warning)
    replayed(tmp_path, file)
    sent = capsys.readouterr()
    assert warning[:60] in sent.err
    assert "acknowledged 3.\nCounts that are too old" in sent.out
    run(tmp_path, file, proposed(tmp_path, file).mapping, count_seconds=int(seconds[0]) + 60)
    run(tmp_path, file, proposed(tmp_path, file).mapping, count_seconds=0)
    assert "late_count" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("header", "hours", "limit"),
    [
        ("Store,SKU,Counted,Counted at", (0, 1, 1), "COUNT_AHEAD_SECONDS is 300"),
        ("Store,SKU,Qty received,Date", (20, 30, 30), "INVENTORY_AHEAD_HOURS is 24"),
    ],
)
def test_an_event_that_will_be_refused_as_it_is_to_come_is_a_warning_before_it_is_sent(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    header: str,
    hours: tuple[int, ...],
    limit: str,
) -> None:
    times = [utc_now() + timedelta(hours=each) for each in hours]
    lines = [f"S1,A{n},3,{time:%Y-%m-%dT%H:%M:%SZ}" for n, time in enumerate(times)]
    (warning,) = warnings(tmp_path, "\n".join([header, *lines]))
    assert "will be refused (time, in quarantine), in lines: 2; first in line 3." in warning
    assert limit in warning
    file = tmp_path / "sales.csv"
    replayed(tmp_path, file)
    sent = capsys.readouterr()
    assert warning in sent.err
    assert warning.removeprefix("Warning: ") in sent.out
    run(tmp_path, file, proposed(tmp_path, file).mapping, ahead_hours=48, count_ahead_seconds=9999)
    assert "in quarantine" not in "".join(capsys.readouterr())


def test_sales_without_opening_stock_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, sales("At", "2026-05-02"))
    assert warning.startswith("Warning: No opening stock:")
    assert warnings(tmp_path, counted("A1")) == []
    assert "Warning" not in inspected(EXPORTS / "odoo_moves.csv")


@pytest.mark.parametrize(
    ("more", "is_warning"),
    [("", True), ("decimal_comma = true", False), ("decimal_comma = false", False)],
)
def test_a_point_that_may_separate_thousands_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, is_warning: bool
) -> None:
    amounts = iter(("2.000", "12", "3"))
    file = written(tmp_path, changed("Qty", lambda _: next(amounts)))
    amount = ('line_amount = "Amount"', 'line_amount = "0"')
    sold = run(tmp_path, file, mapped(tmp_path, ("[csv]", f"{more}\n[csv]"), amount))
    assert sold[0].quantity == (2000 if "true" in more else 2)
    warning = "Warning: 'Qty' has numbers such as 1.250 beside whole ones: if the point separates"
    assert (warning in capsys.readouterr().err) == is_warning


def test_an_amount_in_another_currency_than_the_mappings_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sign, is_warning in (("\u20ac", False), ("$", True)):
        file = written(tmp_path, changed("Amount", sign.__add__))
        run(tmp_path, file, mapped(tmp_path))
        warning = "Warning: Amounts are in USD, and the mapping takes them all as EUR"
        assert (warning in capsys.readouterr().err) == is_warning


def test_goods_that_are_sold_for_less_than_nothing_are_a_warning(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date\nR1,A,2,4.00,2026-11-20\nR2,A,{},2026-11-21\n"
    sentence = (
        "Lines that sell goods for an amount below zero: 1, first in line 3. If goods came back"
    )
    for more, is_warning in (
        ("1,-2.00", True),
        ("1,(2.00)", True),
        ("-1,-2.00", False),
        ("1,-0.00", False),
        ("0,-2.00", False),
    ):
        assert (sentence in "".join(warnings(tmp_path, text.format(more)))) == is_warning


def test_goods_that_come_back_for_more_than_nothing_are_a_warning(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date\nR1,A,-2,4.00,2026-11-20\nR2,A,{},2026-11-21\n"
    for more, lines in (("-1,2.00", 2), ("1,2.00", 1), ("-1,-2.00", 1), ("-1,0.00", 1)):
        (warning, *_) = warnings(tmp_path, text.format(more))[1:]
        assert f"take goods back for an amount above zero: {lines}, first in line 2." in warning


@pytest.mark.parametrize(
    "sku", ["Summe Getr\u00e4nke", "Subtotal: Drinks", "MUG Total", "Grand Total"]
)
def test_a_sum_of_a_group_is_a_warning(tmp_path: Path, sku: str) -> None:
    text = f"Store,Item,Counted,Date\nS1,Cola,3,2026-11-27\nS1,{sku},3,2026-11-27\n"
    output = inspected(written(tmp_path, text))
    assert ("seem to be no goods, but sums" in output) or "are no events, as sums" in output


def test_many_rejected_lines_are_counted_by_their_reason(tmp_path: Path) -> None:
    output = inspected(written(tmp_path, counted(*["A"] * 3, *[""] * 20)))
    assert output.count("rejected, sku: expected a value") == 10
    assert "Rejected lines by their first reason: sku 20." in output
