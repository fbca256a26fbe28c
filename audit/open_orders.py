"""The definition of an open order: the units of one product that are still to be received."""

from collections.abc import Sequence
from typing import Any

from audit.delivery import Key
from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment


def key(fact: Any) -> Key | None:
    """Return (order, store, SKU) of an order or of a shipment for one; None for other facts."""
    if isinstance(fact, ReplenishmentOrder | Shipment) and fact.order_id is not None:
        return fact.order_id, fact.store_id, fact.sku
    return None


def record(key: Key, facts: Sequence[ReplenishmentOrder | Shipment]) -> OpenOrder:
    """Return one product of an order after all of its events, at least one."""
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
