"""Delivery of the orders that the simulated history leaves open."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from producers.simulator.incidents import FORGOTTEN
from producers.simulator.past import RUN_PREFIX
from schemas.generated import OpenOrder, Shipment
from schemas.version import FIRST, Version, version_of
from views.open_items import remaining

REST = ":delivery-rest"
"""End of the event_ids of these deliveries."""
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
        self._versions: dict[str, Version] = {}

    def put(self, order: OpenOrder, now: datetime) -> None:
        """Take in a record of the open-orders topic; an order that is not due here is ignored."""
        if not order.order_id.startswith(ORDER_PREFIX) or order.order_id.endswith(FORGOTTEN):
            return
        if version_of(order) <= self._versions.get(order.order_id, FIRST):
            return  # a job that rebuilds its state publishes the lower versions again
        self._versions[order.order_id] = version_of(order)
        if not remaining(order):
            self._open.pop(order.order_id, None)
        else:
            settled = now + timedelta(seconds=SETTLE_SECONDS)
            delay = timedelta(seconds=random.Random(order.order_id).uniform(0, SPREAD_SECONDS))
            self._open[order.order_id] = max(order.expected_at or now, settled) + delay, order

    def __len__(self) -> int:
        return len(self._open)

    def remove(self, order_id: str, _store: str, _sku: str) -> None:
        """Forget an order, by the key of its record."""
        self._open.pop(order_id, None)
        self._versions.pop(order_id, None)

    def deliveries(self, now: datetime) -> Iterator[Shipment]:
        """Yield the shipments that are due."""
        due = [order for at, order in self._open.values() if at <= now]
        for order in due:
            del self._open[order.order_id]
            yield Shipment(
                event_id=f"{order.order_id}{REST}",
                order_id=order.order_id,
                store_id=order.store_id,
                sku=order.sku,
                quantity=order.remaining,
                occurred_at=now,
                recorded_at=now,
            )
