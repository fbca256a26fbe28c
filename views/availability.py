"""Days on which a product was in stock, estimated from its level and its sales by day."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from functools import lru_cache

from schemas.generated import InventoryLevel, SalesByDay
from views.demand import DayUnits, window


def in_stock(
    level: InventoryLevel,
    sales: Iterable[SalesByDay | DayUnits],
    today: date,
    zone: tzinfo,
    moved_first: datetime | None = None,
) -> frozenset[date]:
    """Estimate the days of demand.window(today) on which the product was in stock.

    They begin with the first of these days in the window: that of sales or returns, of the latest
    count, or of the first or last movement; with the window if the last movement is before it.
    They end yesterday when something is on hand, else on the day of the last movement. This is
    exact after the last movement. Before it, empty days count as in stock, which makes the velocity
    too low; without moved_first, days between a delivery and the first sale do not count, which
    makes it too high. What is before the window does not show what was there since.

    sales: of the level's store and product; zone: of their business days; moved_first: time of the
    first entry of the ledger in the window, None: there is none, or it is unknown.
    """
    moved = level.last_movement_at.astimezone(zone).date()
    earliest = _window(today)[0]
    begins = [date.fromisoformat(row.business_day) for row in sales]
    if level.counted_at is not None:
        begins.append(level.counted_at.astimezone(zone).date())
    if moved_first is not None:
        begins.append(moved_first.astimezone(zone).date())
    first = min([moved, *(day for day in begins if day >= earliest)])
    last = today if level.on_hand > 0 else moved
    return _between(max(first, earliest), min(last, today), today)


@lru_cache(maxsize=2)
def _window(today: date) -> tuple[date, ...]:
    return tuple(window(today))


@lru_cache(maxsize=4096)  # more than there are pairs of days in a window
def _between(first: date, last: date, today: date) -> frozenset[date]:
    return frozenset(day for day in _window(today) if first <= day <= last)
