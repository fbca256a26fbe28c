"""How fast a shelf sells, when to order again, and how much: pure functions of what is known.

The policy is the continuous review of Silver, Pyke and Thomas, "Inventory and Production
Management in Supply Chains" (4th edition, 2017), there called order-point, order-up-to-level
(s, S): when the position (on hand + on order) is at or below the reorder point s, order up to the
target S. The reorder point is the expected demand over the lead time and a safety stock: k
standard deviations of that demand, which is taken as normal; k = z(service level), where the
service level is the probability of no stockout in a replenishment cycle. The deviation grows with
the square root of the lead time, as the demands of different days are taken to be independent.

Only days in stock tell of demand: what an empty shelf did not sell was not unwanted. Unknown is
None, and never zero.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from schemas.generated import InventoryLevel, OpenOrder, Product, SalesByDay

WINDOW = 42
"""Days before today that tell of demand: whole weeks, since weekdays differ."""
SERVICE_LEVEL = 0.95
"""Probability that a shelf does not run empty between an order and its arrival."""
ENOUGH = 21
"""Days in stock below which a velocity is thin."""


@dataclass(frozen=True, slots=True)
class Velocity:
    """Net units sold over so many days in stock.

    units: negative when more was returned than sold; deviation: of a day's net units, the
    sample's standard deviation, 0 below two days.
    """

    units: int
    days: int
    deviation: float

    @property
    def per_day(self) -> float | None:
        """Units a day: 0 for net returns, which are no demand; None when never in stock."""
        return max(self.units, 0) / self.days if self.days else None

    @property
    def thin(self) -> bool:
        """Whether the days are too few to decide by."""
        return self.days < ENOUGH


@dataclass(frozen=True, slots=True)
class Policy:
    """(s, S) in units: order at or below the reorder point, up to order_up_to."""

    reorder_point: int
    order_up_to: int


def window(today: date) -> list[date]:
    """The WINDOW days before today, the earliest first: today is not over yet."""
    return [today - timedelta(days=back) for back in range(WINDOW, 0, -1)]


def velocity(sales: Iterable[SalesByDay], in_stock: Collection[date], today: date) -> Velocity:
    """The velocity of one shelf in the window before today.

    sales: its days, in any currency, at most one record of each. in_stock: days on which it had
    goods, whether they sold or not; a day with net sales was one, whatever is said of it.
    """
    sold: Counter[str] = Counter()
    for row in sales:
        sold[row.business_day] += row.units
    days = [(day in in_stock, sold[day.isoformat()]) for day in window(today)]
    units = [net for stocked, net in days if stocked or net > 0]
    return Velocity(sum(units), len(units), _deviation(units))


def days_of_cover(on_hand: int, per_day: float | None) -> float | None:
    """Days until the shelf is empty at that velocity.

    0 when nothing is on hand; infinite when nothing sells; None when the velocity is unknown.
    """
    if on_hand <= 0:
        return 0.0
    if per_day is None:
        return None
    return on_hand / per_day if per_day > 0 else math.inf


def safety_stock(deviation: float, lead_time: float, service_level: float) -> float:
    """z x deviation x sqrt(lead time), in units.

    lead_time: days, fractions allowed; service_level: the probability of no stockout in a cycle,
    from 0.5 (no safety stock) to below 1. Raises ValueError outside of these.
    """
    if not 0.5 <= service_level < 1:
        raise ValueError(f"service_level: expected 0.5 to below 1, got {service_level!r}")
    if lead_time < 0:
        raise ValueError(f"lead_time: expected 0 days or more, got {lead_time!r}")
    return NormalDist().inv_cdf(service_level) * deviation * math.sqrt(lead_time)


def reorder_point(found: Velocity, lead_time: float, service_level: float) -> int | None:
    """Velocity x lead time + safety stock, in whole units, rounded up; None when unknown.

    Arguments and errors are those of safety_stock. Thin velocities have one too: see policy.
    """
    spare = safety_stock(found.deviation, lead_time, service_level)
    if found.per_day is None:
        return None
    # What floating point adds behind the ninth digit is no further unit.
    return math.ceil(round(found.per_day * lead_time + spare, 9))


def policy(product: Product, found: Velocity, lead_time: float, service_level: float) -> Policy:
    """The product's own policy, moved to the reorder point that its demand asks for.

    The distance from the reorder point to the target, which says how much is worth an order,
    stays the product's. A thin velocity moves nothing. lead_time: days of the same clock as the
    velocity's.
    """
    point = None if found.thin else reorder_point(found, lead_time, service_level)
    if point is None:
        return Policy(product.reorder_point, product.order_up_to)
    return Policy(point, point + max(product.order_up_to - product.reorder_point, 0))


def position(level: InventoryLevel, orders: Iterable[OpenOrder]) -> int:
    """On hand + on order, in units; negative when more was sold than has come and will come.

    orders: those of the level's store and product.
    """
    return level.on_hand + sum(order.remaining for order in orders)


def suggested_order(target: int, on_hand: int, on_order: int, pack: int = 1) -> int:
    """Units that bring on hand + on order up to the target, in whole packs, rounded up.

    0 when it is there already. A negative on hand is made up for. Raises ValueError for a pack
    of less than one unit.
    """
    if pack < 1:
        raise ValueError(f"pack: expected 1 unit or more, got {pack!r}")
    missing = max(target - on_hand - on_order, 0)
    return -(-missing // pack) * pack


def _deviation(units: list[int]) -> float:
    count = len(units)
    if count < 2:
        return 0.0
    # In whole numbers: exact however large the sales are.
    squares = count * sum(one * one for one in units) - sum(units) ** 2
    return math.sqrt(squares / (count * (count - 1)))
