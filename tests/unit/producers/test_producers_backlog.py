"""The replenisher's wait for a job that works off a backlog."""

from datetime import UTC, datetime, timedelta

from producers.replenisher.backlog import FRESH, LONGEST, QUIET, Backlog
from schemas.generated import InventoryLevel

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def level(moved: datetime) -> InventoryLevel:
    return InventoryLevel(
        store_id="S1",
        sku="milk",
        on_hand=1,
        sold=0,
        returned=0,
        received=1,
        version=1,
        last_movement_at=moved,
    )


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_nothing_is_over_before_the_first_level() -> None:
    backlog = Backlog(START)
    assert not backlog.over([], after(600))


def test_the_backlog_is_over_when_most_levels_are_fresh_and_stays_so() -> None:
    backlog = Backlog(START)
    old, fresh = level(START - timedelta(days=3)), level(START)
    assert not backlog.over([old, old, fresh], after(1))
    assert not backlog.over([old, fresh], after(2))
    assert backlog.over([old, fresh, fresh], after(3))
    assert backlog.over([old, old], after(4))


def test_the_backlog_is_over_when_no_level_comes_any_more() -> None:
    backlog = Backlog(START)
    old = level(START - FRESH)
    assert not backlog.over([old], after(1))
    assert not backlog.over([], after(1 + QUIET.total_seconds() - 0.1))
    assert backlog.over([], after(1 + QUIET.total_seconds()))


def test_a_backlog_without_end_is_waited_for_only_so_long() -> None:
    backlog = Backlog(START)
    old = level(START - timedelta(days=3))
    assert not any(backlog.over([old], after(second)) for second in range(60))
    assert backlog.over([old], START + LONGEST)
