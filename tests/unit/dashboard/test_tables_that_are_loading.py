"""Pages conclude nothing from the absence of rows while their table is read for the first time."""

from pathlib import Path

import pytest

from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record
from tests.support.page_database import filled, say_unread
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, order, transfer

NOT_READ = "\u2013 Not read yet."
SALES = SalesPerMinute, SalesByDay, LedgerEntry


def test_deliveries_says_none_only_once_all_of_them_are_read(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, [level("a", 1)])
    assert html(opened(engine, "deliveries", store="S1")).count("<small>none</small>") == 2
    say_unread(engine, OpenOrder, OpenTransfer)
    page = html(opened(engine, "deliveries", store="S1"))
    assert page.count(f"<small>{NOT_READ}</small>") == 2
    assert "none" not in page


def test_deliveries_that_are_counted_before_all_are_read_are_called_so(
    opened: OpenPage, tmp_path: Path
) -> None:
    records: list[Record] = [level("a", 1), order("o", 1, None), transfer("t", 1)]
    engine = filled(tmp_path, records)
    say_unread(engine, OpenOrder, OpenTransfer)
    page = html(opened(engine, "deliveries", store="S1"))
    assert "1, 0 late; not all are read yet" in page
    assert "1 in, 0 out; not all are read yet" in page


@pytest.mark.parametrize(
    ("address", "unread", "conclusion"),
    [
        (("today", {"store": "S1"}), [InventoryLevel], "Nothing needs you now."),
        (("today", {"store": "S1"}), [SalesByDay], "Nothing needs you now."),
        (("today", {}), [SalesByDay], "Nothing was sold."),
        (("stock", {"store": "S1", "find": "x"}), [InventoryLevel], "No product of this store"),
        (("product", {"store": "S1", "sku": "x"}), [InventoryLevel], "No store has had"),
        (("product", {"store": "S2", "sku": "a"}), [InventoryLevel], "has not had this product"),
        (("product", {"store": "S1", "sku": "a"}), [LedgerEntry], "No movement yet."),
        (("sales", {"store": "S1"}), SALES, "No sales in these hours."),
        (("sales", {"store": "S1"}), SALES, "No sales in the last 14 days."),
        (("sales", {"store": "S1"}), SALES, "Nothing was sold."),
    ],
)
def test_an_absence_is_concluded_only_from_a_table_that_is_read(
    opened: OpenPage,
    tmp_path: Path,
    address: tuple[str, dict[str, str]],
    unread: list[type[Record]],
    conclusion: str,
) -> None:
    page, choices = address
    engine = filled(tmp_path, [level("a", 9), level("b", 9, store="S2")])
    assert conclusion in html(opened(engine, page, **choices))
    say_unread(engine, *unread)
    loading = html(opened(engine, page, **choices))
    assert conclusion not in loading
    assert NOT_READ in loading


def test_sums_of_the_last_hour_are_unknown_until_sales_are_read(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, [level("a", 9)])
    say_unread(engine, LedgerEntry)
    page = opened(engine, "sales", store="S1")
    assert [each.value for each in page.metric] == ["\u2013", "\u2013", "0"]
    say_unread(engine, *SALES)
    page = opened(engine, "sales", store="S1")
    assert [each.value for each in page.metric] == ["\u2013"] * 3
