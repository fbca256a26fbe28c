"""What to order: decisions from what is known of a shelf, never twice for the same need."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from producers.replenisher.known_shelves import Key, Shelf
from producers.replenisher.order_ids import Name, shelf_id
from schemas.generated import ReplenishmentOrder
from views.availability import in_stock
from views.demand import SERVICE_LEVEL, Policy, policy, position, suggested_order, velocity

MOST_UNITS = 2**31 - 1
"""What the quantity of one order can say; the rest is the shelf's next order."""
PATIENCE = timedelta(seconds=60)
"""After this time without an answer what was sent is sent again, with the same identity."""
REVIEW_SECONDS = 1.0
"""Time between two looks at what has changed."""
DAY_SECONDS = timedelta(days=1).total_seconds()
LONGEST = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of the supplier."""

    day_seconds: float = 10.0
    """Seconds that a day of lead time takes."""
    service_level: float = SERVICE_LEVEL
    """Probability that a shelf does not run empty before its order arrives."""
    pack: int = 1
    """Units of a pack; orders are whole packs."""
    by_demand: bool = True
    """Use the reorder point that the demand of a shelf asks for; else the product's own."""


class Buyer:
    """Remembers only which orders have not shown up yet among the open ones.

    That at most one of a shelf does so is what the numbers of orders rest on.
    """

    def __init__(self, terms: Terms, zone: tzinfo) -> None:
        """zone: that of the business days."""
        self._terms = terms
        self._zone = zone
        self._asked: dict[Key, int] = {}
        self._since: dict[Key, datetime] = {}

    def order(self, shelf: Shelf, now: datetime) -> ReplenishmentOrder | None:
        """The order that a shelf needs, if any, and if enough is known to say so."""
        level, orders = shelf.level, shelf.orders
        if self.waits(shelf, now) or level.received < orders.received():
            return None
        aim, there = self._policy(shelf, now), position(level, orders.open())
        if there > aim.reorder_point:
            return None
        pack = self._terms.pack
        units = suggested_order(aim.order_up_to, there, 0, pack)
        if not units:
            return None
        name = Name(shelf_id(*level.key()), orders.last + 1, level.received)
        self._asked[level.key()], self._since[level.key()] = name.number, now
        lead = min(shelf.product.lead_time * self._terms.day_seconds, LONGEST.total_seconds())
        return ReplenishmentOrder(
            event_id=name.event_id,
            order_id=name.order_id,
            store_id=level.store_id,
            sku=level.sku,
            status="placed",
            quantity=min(units, MOST_UNITS // pack * pack),
            expected_at=now + timedelta(milliseconds=int(lead * 1000)),
            occurred_at=now,
            recorded_at=now,
        )

    def waits(self, shelf: Shelf, now: datetime) -> bool:
        """Whether orders of the shelf have still to show up; not for longer than PATIENCE."""
        key, orders = shelf.level.key(), shelf.orders
        if orders.complete and orders.last >= self._asked.get(key, 0):
            self._asked.pop(key, None)
            self._since.pop(key, None)
            return False
        return now - self._since.setdefault(key, now) < PATIENCE

    def surplus(self, shelf: Shelf, now: datetime) -> int:
        """Units on hand and on order above the target by more than a whole order.

        So it comes when a shelf was ordered for before its own goods were known, or when others
        have filled it; what customers bring back is less.
        """
        aim = self._policy(shelf, now)
        usual = aim.order_up_to - aim.reorder_point + self._terms.pack
        there = position(shelf.level, shelf.orders.open())
        return max(there - aim.order_up_to - max(usual, 0), 0)

    def _policy(self, shelf: Shelf, now: datetime) -> Policy:
        """By demand where it is known well enough, else the product's own.

        The velocity counts days of the calendar, so the lead time is turned into these: after
        21 of them the reorder point follows how long goods really take. Between two reviews
        nothing is ordered, so that the shelf must last through one more.
        """
        if not self._terms.by_demand:
            return Policy(shelf.product.reorder_point, shelf.product.order_up_to)
        level, today = shelf.level, now.astimezone(self._zone).date()
        found = velocity(shelf.sales, in_stock(level, shelf.sales, today, self._zone), today)
        seconds = shelf.product.lead_time * self._terms.day_seconds + 2 * REVIEW_SECONDS
        return policy(shelf.product, found, seconds / DAY_SECONDS, self._terms.service_level)
