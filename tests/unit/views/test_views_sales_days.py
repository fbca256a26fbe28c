"""Sales by day: the days kept, and the days in stock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.support.store_records import level, sales
from views.availability import in_stock
from views.sales_days import SalesDays

TODAY = date(2026, 1, 31)
DAY = timedelta(days=1)


def kept(days: SalesDays) -> set[tuple[str, int]]:
    return {(row.business_day, row.units) for row in days.of("a")}


def test_early_days_and_older_versions_are_not_kept() -> None:
    edge = TODAY - 42 * DAY
    days = SalesDays(edge)
    assert days.put(sales(edge, 1))
    assert not days.put(sales(edge - DAY, 1))
    assert days.put(sales(TODAY, 5, version=3))
    assert not days.put(sales(TODAY, 4, version=2))
    assert not days.put(replace(sales(TODAY, 1, version=9), business_day="2026-02-31"))
    assert kept(days) == {(edge.isoformat(), 1), (TODAY.isoformat(), 5)}
    days.drop_before(edge + DAY)
    assert kept(days) == {(TODAY.isoformat(), 5)}
    days.drop_before(edge + 50 * DAY)
    assert kept(days) == set()


def test_a_business_day_is_in_the_configured_zone() -> None:
    late = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)
    moved = level("a", 0, last_movement_at=late)
    yesterday = TODAY - DAY
    sold = [sales(TODAY - 3 * DAY, 2)]
    assert max(in_stock(moved, sold, TODAY, UTC)) == yesterday
    assert max(in_stock(moved, sold, TODAY + DAY, ZoneInfo("Europe/Zurich"))) == TODAY
