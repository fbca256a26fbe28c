"""The effect of each event on the stock of a store."""

from datetime import datetime
from typing import NamedTuple

from schemas.generated import (
    Adjustment,
    AnyEvent,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)


class StockEvent(NamedTuple):
    """A movement or count of one product in one store."""

    event_id: str
    store_id: str
    sku: str
    kind: str
    """The ledger's name for it, such as sale or transfer_in."""
    quantity: int
    """Units added (+) or removed (-); of a count, the units counted."""
    occurred_at: datetime
    reason: str | None = None
    reference: str | None = None
    """Receipt, order or transfer that the event belongs to."""


def stock_event(event: AnyEvent) -> StockEvent | None:
    """Return the movement or count of an event; None if it moves no stock, such as an order."""
    reason: str | None = None
    reference: str | None = None
    units = event.quantity
    match event:
        case Transaction(store_id=store, occurred_at=at, receipt_id=reference):
            kind, units = "sale" if units >= 0 else "return", -units
        case Shipment(store_id=store, occurred_at=at, order_id=reference):
            kind = "shipment"
        case StockCount(store_id=store, counted_at=at):
            kind = "count"
        case Adjustment(store_id=store, occurred_at=at, reason=reason):
            kind = "adjustment"
        case Transfer(phase="shipped", from_store=store, occurred_at=at, transfer_id=reference):
            kind, units = "transfer_out", -units
        case Transfer(phase="received", to_store=store, occurred_at=at, transfer_id=reference):
            kind = "transfer_in"
        case _:
            return None
    return StockEvent(event.event_id, store, event.sku, kind, units, at, reason, reference)
