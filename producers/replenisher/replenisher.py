"""The supplier without Kafka and without a clock: records in, events out."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo

from producers.replenisher.deliveries import Deliveries
from producers.replenisher.known_shelves import Key, Shelf, Shelves
from producers.replenisher.order_ids import name_of
from producers.replenisher.ordering_policy import REVIEW_SECONDS, Buyer, Terms
from producers.supplier_behaviour import Reliability
from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment
from schemas.record import Record
from views.demand import window


class Replenisher:
    """Orders what shelves need, delivers what is on order, and cancels what is too much.

    Nothing is kept anywhere: after a restart the topics show it again. Only what they show as
    open is delivered, so that an order is known to all before its goods are.
    """

    def __init__(self, terms: Terms, reliability: Reliability, zone: tzinfo) -> None:
        """zone: that of the business days."""
        self._zone = zone
        self._shelves = Shelves()
        self._buyer = Buyer(terms, zone)
        self._deliveries = Deliveries(reliability, terms.day_seconds)
        self._orders: list[OpenOrder] = []
        self._to_review: set[Key] = set()
        self._reviewed: datetime | None = None
        self._today: date | None = None

    @property
    def under_way(self) -> int:
        """Number of orders of which something is still to come."""
        return len(self._deliveries)

    def put(self, records: Iterable[Record]) -> None:
        """Take in what the topics say."""
        self._orders += self._shelves.put(records)

    def act(self, now: datetime) -> Iterator[ReplenishmentOrder | Shipment]:
        """What is to be sent now. To be asked when all topics have been read to their ends.

        Before, an old level or order would show an old need.
        """
        orders, self._orders = self._orders, []
        for order in orders:
            if name_of(order) is not None:
                self._deliveries.put(order, self._shelves.lead_time(order.sku))
        since = (now - self._reviewed).total_seconds() if self._reviewed else REVIEW_SECONDS
        if not 0 <= since < REVIEW_SECONDS:  # below 0: the clock was put back
            yield from self._review(now)
        yield from self._deliveries.due(now)

    def _review(self, now: datetime) -> Iterator[ReplenishmentOrder]:
        # One review later than it has changed: what belongs together may come one by one.
        keys, self._to_review = self._to_review, self._shelves.changed()
        today = now.astimezone(self._zone).date()
        if today != self._today:
            self._today = today
            self._shelves.forget_sales(window(today)[0])
            self._to_review |= self._shelves.all()
        self._reviewed = now
        for key in keys:
            shelf = self._shelves.find(key)
            if shelf is None:
                continue
            order = self._buyer.order(shelf, now)
            if order is not None:
                yield order
            else:
                self._withdraw(shelf, now)
            if self._buyer.waits(shelf, now):
                self._to_review.add(key)

    def _withdraw(self, shelf: Shelf, now: datetime) -> None:
        """Take back orders that only make a surplus, the last first."""
        orders = list(shelf.orders.open())
        if not orders:
            return
        taken_back = self._deliveries.withdrawn
        surplus = self._buyer.surplus(shelf, now)
        surplus -= sum(order.remaining for order in orders if taken_back(order.order_id))
        for order in reversed(orders):
            if surplus > 0 and self._deliveries.withdraw(order.order_id, now):
                surplus -= order.remaining
