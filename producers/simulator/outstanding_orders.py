"""Delivery of the orders that the simulated history leaves open."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from producers.simulator.past import RUN_PREFIX
from schemas.generated import OpenOrder, Shipment
from views.open_items import remaining

ORDER_PREFIX = f"order:{RUN_PREFIX}"
SETTLE_SECONDS = 20.0
"""Seconds after the newest record before which nothing is delivered: the job may be behind."""
SPREAD_SECONDS = 10.0
"""Largest delay after that and the expected time."""


class OutstandingOrders:
    """Open orders of the history; each is delivered whole, once.

    A restarted simulator sends the same event_id again for an order that is still open.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[datetime, OpenOrder]] = {}
        self._versions: dict[str, int] = {}

    def put(self, order: OpenOrder, now: datetime) -> None:
        """Take in a record of the open-orders topic; orders of others are ignored."""
        if not order.order_id.startswith(ORDER_PREFIX):
            return
        if order.version <= self._versions.get(order.order_id, 0):
            return  # a job that rebuilds its state publishes the lower versions again
        self._versions[order.order_id] = order.version
        if not remaining(order):
            self._open.pop(order.order_id, None)
        else:
            settled = now + timedelta(seconds=SETTLE_SECONDS)
            delay = timedelta(seconds=random.Random(order.order_id).uniform(0, SPREAD_SECONDS))
            self._open[order.order_id] = max(order.expected_at or now, settled) + delay, order

    def deliveries(self, now: datetime) -> Iterator[Shipment]:
        """Yield the shipments that are due."""
        due = [order for at, order in self._open.values() if at <= now]
        for order in due:
            del self._open[order.order_id]
            yield Shipment(
                event_id=f"{order.order_id}:delivery-rest",
                order_id=order.order_id,
                store_id=order.store_id,
                sku=order.sku,
                quantity=order.remaining,
                occurred_at=now,
                recorded_at=now,
            )
