"""Ordering decisions from the records of a shelf, at most one for each need."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from producers.replenisher.known_shelves import Key, KnownShelf
from producers.replenisher.order_ids import OrderId, shelf_id
from schemas.generated import ReplenishmentOrder
from views.availability import in_stock
from views.demand import SERVICE_LEVEL, Policy, position, suggested_order, velocity
from views.demand import policy as demand_policy

MAX_UNITS = 1_000_000
"""Largest quantity of one order, by its contract; the rest is the shelf's next order."""
PATIENCE = timedelta(seconds=60)
"""Time without an effect after which an event is sent again, with the same event_id."""
REVIEW_SECONDS = 1.0
"""Seconds between two reviews of the changed shelves."""
DAY_SECONDS = timedelta(days=1).total_seconds()
MAX_LEAD_TIME = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of the supplier."""

    day_seconds: float = DAY_SECONDS
    """Seconds that a day of lead time takes."""
    service_level: float = SERVICE_LEVEL
    """Probability that a shelf does not run empty before its order arrives."""
    pack: int = 1
    """Units of a pack; orders are whole packs."""
    by_demand: bool = True
    """Use the reorder point that the demand of a shelf asks for; else the product's own."""


class OrderingPolicy:
    """Decides on orders; keeps only those that the open-orders topic does not show yet.

    There is at most one of these for each shelf, as the numbers of orders require.
    """

    def __init__(self, terms: Terms, zone: tzinfo) -> None:
        """zone: of the business days."""
        self._terms = terms
        self._zone = zone
        self._pending: dict[Key, int] = {}
        self._pending_since: dict[Key, datetime] = {}

    def order(self, shelf: KnownShelf, now: datetime) -> ReplenishmentOrder | None:
        """Return the order that a shelf needs, if any; None while its records are incomplete."""
        level, orders = shelf.level, shelf.orders
        if self.waits(shelf, now) or level.received < orders.received():
            return None
        policy = self._policy(shelf, now)
        available = position(level, orders.open(), shelf.transfers)
        if available > policy.reorder_point:
            return None
        pack = self._terms.pack
        units = suggested_order(policy.order_up_to, available, pack)
        if not units:
            return None
        order_id = OrderId(shelf_id(*level.key()), orders.last + 1, level.received)
        self._pending[level.key()], self._pending_since[level.key()] = order_id.number, now
        lead = min(shelf.product.lead_time * self._terms.day_seconds, MAX_LEAD_TIME.total_seconds())
        return ReplenishmentOrder(
            event_id=order_id.event_id,
            order_id=order_id.order_id,
            store_id=level.store_id,
            sku=level.sku,
            status="placed",
            quantity=min(units, MAX_UNITS // pack * pack),
            expected_at=now + timedelta(milliseconds=int(lead * 1000)),
            occurred_at=now,
            recorded_at=now,
        )

    def waits(self, shelf: KnownShelf, now: datetime) -> bool:
        """Return True while an order of the shelf is not shown yet, for PATIENCE at most."""
        key, orders = shelf.level.key(), shelf.orders
        if orders.complete and orders.last >= self._pending.get(key, 0):
            self._pending.pop(key, None)
            self._pending_since.pop(key, None)
            return False
        return now - self._pending_since.setdefault(key, now) < PATIENCE

    def surplus(self, shelf: KnownShelf, now: datetime) -> int:
        """Return the units of the position that exceed the target by more than an order.

        It arises when a shelf was ordered for before its deliveries were known, or when others
        have filled it; returns of customers are less.
        """
        policy = self._policy(shelf, now)
        order_size = policy.order_up_to - policy.reorder_point + self._terms.pack
        available = position(shelf.level, shelf.orders.open(), shelf.transfers)
        return max(available - policy.order_up_to - max(order_size, 0), 0)

    def _policy(self, shelf: KnownShelf, now: datetime) -> Policy:
        """Return the policy by demand if it is known well enough, else the product's own.

        The velocity is per calendar day, so the lead time is converted to calendar days, too.
        Nothing is ordered between two reviews, so that the stock must last one review longer.
        """
        if not self._terms.by_demand:
            return Policy(shelf.product.reorder_point, shelf.product.order_up_to)
        level, today = shelf.level, now.astimezone(self._zone).date()
        sales_velocity = velocity(
            shelf.sales, in_stock(level, shelf.sales, today, self._zone), today
        )
        seconds = shelf.product.lead_time * self._terms.day_seconds + 2 * REVIEW_SECONDS
        return demand_policy(
            shelf.product, sales_velocity, seconds / DAY_SECONDS, self._terms.service_level
        )
