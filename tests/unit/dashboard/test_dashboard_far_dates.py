"""A date far ahead, as planning systems write it for none, is shown as no date in every zone."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from dashboard.queries.exported_levels import levels
from dashboard.queries.open_deliveries import open_orders
from dashboard.queries.shelf_search import Search, read
from dashboard.text import display_time, explain, spreadsheet
from dashboard.web import shelf_table
from dashboard.web.pages.deliveries_page import order_frame
from tests.support.filled_database import filled_database
from tests.support.page_test import columns
from tests.support.store_records import AT, level, order, product

NONE = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
ZONES = ["Europe/Berlin", "Pacific/Kiritimati", "UTC", "America/New_York"]


def database(due: datetime) -> Engine:
    return filled_database([level("a", 1), product("a"), order("far", 5, due)], AT)


@pytest.mark.parametrize("zone", ZONES)
def test_an_order_due_in_9999_has_no_date_and_is_not_overdue(zone: str) -> None:
    engine, shown = database(NONE), ZoneInfo(zone)
    orders = open_orders(engine, "S1", 9, AT)
    assert order_frame(orders, AT, shown)["due"].to_pylist() == ["no date"]
    assert orders.late == 0
    (shelf,) = read(engine, Search("S1"), 0, 9)
    assert shelf_table.frame([shelf], ["due"], AT, shown)["due"].to_pylist() == ["no date"]
    words = [step.words for step in explain.order(shelf, AT, shown)]
    assert "on order, due no date" in words
    file = io.StringIO(newline="")
    spreadsheet.write(levels(engine), file)
    assert "9999" not in file.getvalue()


@pytest.mark.parametrize("zone", ZONES)
def test_every_time_that_a_record_can_hold_is_shown(zone: str) -> None:
    shown = ZoneInfo(zone)
    for time in (NONE, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        assert display_time.stamp(time, shown)
        assert display_time.clock(time, shown)
        assert display_time.ago(time, datetime(2026, 1, 1, tzinfo=UTC), shown)


def test_a_date_just_before_the_last_year_is_shown() -> None:
    due = NONE.replace(year=9998)
    orders = open_orders(database(due), "S1", 9, AT)
    rows = columns(order_frame(orders, AT, ZoneInfo("Europe/Berlin")))
    assert rows["due"] == [f"{due + timedelta(hours=1):%Y-%m-%d %H:%M}"]
