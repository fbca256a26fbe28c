"""The events of the open orders as they were first sent: a repeat has the same values."""

from collections import defaultdict
from collections.abc import Iterable

from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment

Event = ReplenishmentOrder | Shipment


class SentEvents:
    """Keeps events by order until the order is finished."""

    def __init__(self) -> None:
        self._by_order: defaultdict[str, dict[str, Event]] = defaultdict(dict)

    def restore(self, events: Iterable[Event]) -> None:
        """Add the events of an earlier run."""
        for event in events:
            self.first(event)

    def first(self, event: Event) -> Event:
        """Return the event that was first sent with an event_id: this one if it is new."""
        return self._by_order[_order(event.event_id)].setdefault(event.event_id, event)

    def only_cancelled(self, order: OpenOrder) -> bool:
        """Return True if an order's cancellation was sent, and no delivery before it."""
        events = self._by_order.get(_order(order.order_id), {}).values()
        delivered = any(isinstance(event, Shipment) for event in events)
        return not delivered and any(
            isinstance(event, ReplenishmentOrder) and event.status == "cancelled"
            for event in events
        )

    def finish(self, order: OpenOrder) -> None:
        """Forget the events of a finished order."""
        self._by_order.pop(_order(order.order_id), None)


def _order(identity: str) -> str:
    """Return the part that an order_id and the event_ids of its order share."""
    return ":".join(identity.split(":", 3)[:3])
