"""What is still to come of an order, by its definition."""

from collections.abc import Sequence
from typing import Any

from audit.events import Key
from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment


def key(fact: Any) -> Key | None:
    if isinstance(fact, ReplenishmentOrder | Shipment) and fact.order_id is not None:
        return fact.order_id, fact.store_id, fact.sku
    return None


def record(key: Key, facts: Sequence[ReplenishmentOrder | Shipment]) -> OpenOrder:
    """One line of an order after these of its events, at least one."""
    orders = [fact for fact in facts if isinstance(fact, ReplenishmentOrder)]
    placed = [order for order in orders if order.status == "placed"]
    ordered = sum(order.quantity for order in placed)
    received = sum(fact.quantity for fact in facts if isinstance(fact, Shipment))
    cancelled = any(order.status == "cancelled" for order in orders)
    return OpenOrder(
        order_id=key[0],
        store_id=key[1],
        sku=key[2],
        ordered=ordered,
        received=received,
        remaining=0 if cancelled else max(ordered - received, 0),
        cancelled=cancelled,
        expected_at=max((order.expected_at for order in placed), default=None),
        version=len(facts),
    )
