"""Sales by day: the days kept, and the days in stock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.support.store_records import level, sales
from views.availability import in_stock
from views.demand import velocity
from views.sales_days import SalesDays

TODAY = date(2026, 1, 31)
DAY = timedelta(days=1)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("on_hand", "counted", "moved", "sold", "expected"),
    [
        (8, 2, 1, {1: 4}, (4, 2)),  # counted, and sold first on the day after
        (12, 2, 2, {}, (0, 2)),  # counted at the same moment, and not sold
        (12, 2, 0, {}, (0, 2)),  # the same, and moved today
        (12, 2, 0, {0: 4}, (0, 2)),  # the same, and sold today
        (0, 5, 3, {4: 6}, (6, 3)),  # counted, sold out two days later
        (7, None, 1, {2: 6, 1: 4}, (10, 2)),  # never counted: from the first sale on
        (7, None, 0, {}, (0, 0)),  # never counted nor sold: no whole day is known
        (8, 60, 1, {1: 4}, (4, 1)),  # a count before the window says nothing about it
        (8, 60, 50, {}, (0, 42)),  # nothing has moved in the window
    ],
)
def test_days_in_stock_begin_with_the_latest_count_or_an_earlier_sale(
    on_hand: int,
    counted: int | None,
    moved: int,
    sold: dict[int, int],
    expected: tuple[int, int],
) -> None:
    """Days are counted back from today; expected: net units and days in stock, by hand."""
    shelf = level(
        "a",
        on_hand,
        counted_at=None if counted is None else NOON - counted * DAY,
        last_movement_at=NOON - moved * DAY,
    )
    days = [sales(TODAY - ago * DAY, units) for ago, units in sold.items()]
    computed = velocity(days, in_stock(shelf, days, TODAY, UTC), TODAY)
    assert (computed.units, computed.days) == expected


@given(
    on_hand=some.integers(-3, 9),
    counted=some.none() | some.integers(0, 60),
    moved=some.integers(0, 60),
    sold=some.sets(some.integers(0, 60)),
)
def test_a_day_is_in_stock_from_the_first_sign_of_the_window_to_the_last(
    on_hand: int, counted: int | None, moved: int, sold: set[int]
) -> None:
    """Compare with a walk through the days of the window, one by one."""
    signs = sold | ({counted} if counted is not None else set())
    moved = min({moved} | signs)  # of all, the newest
    signs = signs | {moved}
    days, is_there = set(), moved > 42
    for ago in range(42, 0, -1):
        is_there = is_there or ago in signs
        if is_there and (on_hand > 0 or ago >= moved):
            days.add(TODAY - ago * DAY)
    shelf = level(
        "a",
        on_hand,
        counted_at=None if counted is None else NOON - counted * DAY,
        last_movement_at=NOON - moved * DAY,
    )
    assert in_stock(shelf, [sales(TODAY - ago * DAY, 1) for ago in sold], TODAY, UTC) == days


@pytest.mark.parametrize(
    ("moved_first", "days"),
    [(9, 9), (2, 3), (50, 3), (None, 3), (-1, 3)],
    ids=["before the first sale", "after it", "before the window", "unknown", "still to come"],
)
def test_goods_received_begin_the_days_in_stock(moved_first: int | None, days: int) -> None:
    """Days are counted back from today; the first sale was three days ago."""
    shelf = level("a", 4, last_movement_at=NOON - DAY)
    at = None if moved_first is None else NOON - moved_first * DAY
    there = in_stock(shelf, [sales(TODAY - 3 * DAY, 2)], TODAY, UTC, at)
    assert len(there) == days
