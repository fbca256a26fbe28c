"""Velocity, reorder point and order quantity of one product in one store: pure functions.

The policy is the continuous review of Silver, Pyke and Thomas, "Inventory and Production Management
in Supply Chains" (4th edition, 2017), there called order-point, order-up-to-level (s, S): when the
position (on hand + on order + in transit from other stores) is at or below the reorder point s,
order up to the target S. The reorder point is the expected demand over the lead time and a safety
stock: k standard deviations of that demand, which is taken as normal; k = z(service level), where
the service level is the probability of no stockout in a replenishment cycle. The deviation grows
with the square root of the lead time, because demand is taken as independent from day to day.

Only days in stock count: an empty shelf sells nothing whatever the demand. Unknown is None, never
zero.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, SalesByDay

WINDOW = 42
"""Days before today over which demand is measured: whole weeks, since weekdays differ."""
SERVICE_LEVEL = 0.95
"""Probability of no stockout between an order and its arrival."""
ENOUGH = 21
"""Minimum number of days in stock for a velocity that is not thin."""


class DayUnits(NamedTuple):
    """Net units of one product on one day, without the rest of SalesByDay."""

    business_day: str
    units: int


@dataclass(frozen=True, slots=True)
class Velocity:
    """Net units sold over a number of days in stock."""

    units: int
    """Sold less returned; may be negative."""
    days: int
    """Number of days in stock."""
    deviation: float
    """Sample standard deviation of the net units of a day; 0 below two days."""

    @property
    def per_day(self) -> float | None:
        """Units a day; 0 for net returns, None when never in stock."""
        return max(self.units, 0) / self.days if self.days else None

    @property
    def thin(self) -> bool:
        """True when there are too few days to decide by."""
        return self.days < ENOUGH


@dataclass(frozen=True, slots=True)
class Policy:
    """An (s, S) policy in units: at or below the reorder point s, order up to S."""

    reorder_point: int
    order_up_to: int


def window(today: date) -> list[date]:
    """Return the WINDOW days before today, earliest first; today is incomplete."""
    return [today - timedelta(days=back) for back in range(WINDOW, 0, -1)]


def velocity(
    sales: Iterable[SalesByDay | DayUnits], in_stock: Collection[date], today: date
) -> Velocity:
    """Compute the velocity of one product in the window before today.

    sales: at most one record for each day and currency. in_stock: days in stock, with or without
    sales; a day with net sales always counts.
    """
    sold: Counter[str] = Counter()
    for row in sales:
        sold[row.business_day] += row.units
    days = [(day in in_stock, sold[written]) for day, written in _written_window(today)]
    units = [net for stocked, net in days if stocked or net > 0]
    return Velocity(sum(units), len(units), _deviation(units))


def days_of_cover(on_hand: int, per_day: float | None) -> float | None:
    """Compute the days until the shelf is empty at a velocity.

    0 when nothing is on hand; infinite when nothing sells; None when the velocity is unknown.
    """
    if on_hand <= 0:
        return 0.0
    if per_day is None:
        return None
    return on_hand / per_day if per_day > 0 else math.inf


def safety_stock(deviation: float, lead_time: float, service_level: float) -> float:
    """Compute z x deviation x sqrt(lead time), in units.

    lead_time: days, fractions allowed; service_level: the probability of no stockout in a cycle,
    from 0.5 (no safety stock) to below 1. Raises ValueError outside of these.
    """
    if not 0.5 <= service_level < 1:
        raise ValueError(f"service_level: expected 0.5 to below 1, got {service_level!r}")
    if lead_time < 0:
        raise ValueError(f"lead_time: expected 0 days or more, got {lead_time!r}")
    return NormalDist().inv_cdf(service_level) * deviation * math.sqrt(lead_time)


def reorder_point(current: Velocity, lead_time: float, service_level: float) -> int | None:
    """Compute velocity x lead time + safety stock, rounded up to whole units; None: unknown.

    Arguments and errors are those of safety_stock. Thin velocities are not excluded: see policy.
    """
    safety = safety_stock(current.deviation, lead_time, service_level)
    if current.per_day is None:
        return None
    # Rounding removes floating-point noise, which would add a unit.
    return math.ceil(round(current.per_day * lead_time + safety, 9))


def policy(product: Product, current: Velocity, lead_time: float, service_level: float) -> Policy:
    """Compute the policy of a product: the reorder point follows demand.

    The distance from the reorder point to the target stays that of the catalogue. A thin velocity
    leaves the catalogue's policy. lead_time: in the days of the velocity.
    """
    point = None if current.thin else reorder_point(current, lead_time, service_level)
    if point is None:
        return Policy(product.reorder_point, product.order_up_to)
    return Policy(point, point + max(product.order_up_to - product.reorder_point, 0))


def position(
    level: InventoryLevel, orders: Iterable[OpenOrder], transfers: Iterable[OpenTransfer]
) -> int:
    """Compute on hand + on order + in transit, in units; may be negative.

    orders, transfers: to the level's store, of its product.
    """
    on_order = sum(order.remaining for order in orders)
    return level.on_hand + on_order + sum(transfer.in_transit for transfer in transfers)


def suggested_order(target: int, position: int, pack: int = 1) -> int:
    """Compute the units from the position up to the target, rounded up to whole packs.

    0 at or above the target. Raises ValueError for a pack of less than one unit.
    """
    if pack < 1:
        raise ValueError(f"pack: expected 1 unit or more, got {pack!r}")
    missing = max(target - position, 0)
    return -(-missing // pack) * pack


@lru_cache(maxsize=2)
def _written_window(today: date) -> tuple[tuple[date, str], ...]:
    return tuple((day, day.isoformat()) for day in window(today))


def _deviation(units: list[int]) -> float:
    count = len(units)
    if count < 2:
        return 0.0
    # Integer arithmetic: exact for any sales.
    squares = count * sum(one * one for one in units) - sum(units) ** 2
    return math.sqrt(squares / (count * (count - 1)))
