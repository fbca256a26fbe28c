"""The supplier without Kafka and clock: records in, events out."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo

from connect.record_consumer import Tombstone
from producers.replenisher.deliveries import Deliveries
from producers.replenisher.known_shelves import Key, KnownShelf, KnownShelves
from producers.replenisher.order_ids import parse_order_id
from producers.replenisher.ordering_policy import REVIEW_SECONDS, OrderingPolicy, Terms
from producers.replenisher.sent_events import Event, SentEvents
from producers.supplier_behaviour import Reliability
from schemas.generated import OpenOrder, ReplenishmentOrder
from schemas.record import Record
from views.demand import window


class Replenisher:
    """Orders what shelves need, delivers the open orders, and cancels a surplus.

    It stores no state: after a restart it reads the topics again, those of its own events included,
    as an event without an effect is sent again with the same values. Only an order that the
    open-orders topic shows is delivered, so that every reader knows the order before its goods.
    """

    def __init__(self, terms: Terms, reliability: Reliability, zone: tzinfo) -> None:
        """zone: of the business days."""
        self._zone = zone
        self._shelves = KnownShelves()
        self._policy = OrderingPolicy(terms, zone)
        self._deliveries = Deliveries(reliability, terms.day_seconds)
        self._sent = SentEvents()
        self._orders: list[OpenOrder] = []
        self._to_review: set[Key] = set()
        self._reviewed: datetime | None = None
        self._today: date | None = None

    @property
    def under_way(self) -> int:
        """Number of orders with something still to come."""
        return len(self._deliveries)

    def put(self, records: Iterable[Record | Tombstone]) -> None:
        """Add records and tombstones of the topics."""
        self._orders += self._shelves.put(records)

    @property
    def newest_movement(self) -> datetime | None:
        """Time of the newest movement of a level."""
        return self._shelves.newest_movement

    def awaits(self, event: Event) -> bool:
        """Return True for an event of an own order that is not known to be finished."""
        return self._shelves.awaits(event.order_id or "", event.store_id, event.sku)

    def restore(self, events: Iterable[Event]) -> None:
        """Add the events that an earlier run sent, once all topics have been read."""
        events = list(events)
        self._sent.restore(events)
        self._shelves.begin(events)

    def act(self, now: datetime) -> Iterator[Event]:
        """Yield the events to send now, once all topics have been read to their ends.

        Before, an old level or order would show a need that is met already.
        """
        orders, self._orders = self._orders, []
        for order in orders:
            if parse_order_id(*order.key()) is not None:
                self._deliveries.put(
                    order, self._shelves.lead_time(order.sku), self._sent.only_cancelled(order)
                )
                if order.ordered and not order.remaining:
                    self._sent.finish(order)
        since = (now - self._reviewed).total_seconds() if self._reviewed else REVIEW_SECONDS
        if not 0 <= since < REVIEW_SECONDS:  # below 0: the clock was set back
            yield from map(self._sent.first, self._review(now))
        yield from map(self._sent.first, self._deliveries.due(now))

    def _review(self, now: datetime) -> Iterator[ReplenishmentOrder]:
        # One review after the change: records that belong together may arrive one by one.
        keys, self._to_review = self._to_review, self._shelves.changed()
        today = now.astimezone(self._zone).date()
        if today != self._today:
            self._today = today
            self._shelves.drop_sales_before(window(today)[0])
            self._to_review |= self._shelves.all()
        self._reviewed = now
        for key in keys:
            shelf = self._shelves.get(key)
            if shelf is None:
                continue
            order = self._policy.order(shelf, now)
            if order is not None:
                yield order
            else:
                self._withdraw(shelf, now)
            if self._policy.waits(shelf, now):
                self._to_review.add(key)

    def _withdraw(self, shelf: KnownShelf, now: datetime) -> None:
        """Cancel orders that only make a surplus, the last first."""
        orders = list(shelf.orders.open())
        if not orders:
            return
        withdrawn = self._deliveries.withdrawn
        surplus = self._policy.surplus(shelf, now)
        surplus -= sum(order.remaining for order in orders if withdrawn(order.order_id))
        for order in reversed(orders):
            if surplus > 0 and self._deliveries.withdraw(order.order_id, now):
                surplus -= order.remaining
