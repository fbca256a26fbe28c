"""On which days a shelf had goods, as far as its level and its sales by day can tell."""

from collections.abc import Iterable
from datetime import date, tzinfo
from functools import lru_cache

from schemas.generated import InventoryLevel, SalesByDay
from views.demand import window


def in_stock(
    level: InventoryLevel, sales: Iterable[SalesByDay], today: date, zone: tzinfo
) -> frozenset[date]:
    """Days of demand.window(today) on which the shelf is taken to have had goods.

    From the first day of the window that has sales or returns, or from the last movement when
    that was earlier; to yesterday when there are goods on hand, else to the day of the last
    movement. After the last movement this is exact, since nothing came or went. Before it, it is
    an approximation: days on which the shelf was empty in between count as in stock, which makes
    the velocity too low; days in stock before the first sale do not count, which makes it too
    high, but of so few days that it is thin, or of little weight.

    sales: those of the level's store and product; zone: of their business days.
    """
    moved = level.last_movement_at.astimezone(zone).date()
    earliest = _window(today)[0]
    sold = (date.fromisoformat(row.business_day) for row in sales)
    first = min([moved, *(day for day in sold if day >= earliest)])
    last = today if level.on_hand > 0 else moved
    return _between(max(first, earliest), min(last, today), today)


@lru_cache(maxsize=2)
def _window(today: date) -> tuple[date, ...]:
    return tuple(window(today))


@lru_cache(maxsize=4096)  # more than there are pairs of days in a window
def _between(first: date, last: date, today: date) -> frozenset[date]:
    return frozenset(day for day in _window(today) if first <= day <= last)
