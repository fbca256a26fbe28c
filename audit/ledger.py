"""The stock ledger by its definition: every movement and count, signed, once, refused or not."""

from datetime import datetime, timedelta
from typing import NamedTuple

from audit.events import Delivery
from schemas.generated import (
    Adjustment,
    AnyEvent,
    LedgerEntry,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

REFUSED = "refused_count"


class Effect(NamedTuple):
    """What an event does to the stock of a store."""

    store_id: str
    kind: str
    quantity: int
    """Units that came (+) or went (-); of a count, the units found."""
    occurred_at: datetime
    reason: str | None = None
    reference: str | None = None


def effect(event: AnyEvent) -> Effect | None:
    """None for orders, which move nothing."""
    match event:
        case Transaction(store_id=store, quantity=sold, occurred_at=at, receipt_id=receipt):
            kind = "sale" if sold >= 0 else "return"
            return Effect(store, kind, -sold, at, reference=receipt)
        case Shipment(store_id=store, quantity=came, occurred_at=at, order_id=order):
            return Effect(store, "shipment", came, at, reference=order)
        case StockCount(store_id=store, quantity=found, counted_at=at):
            return Effect(store, "count", found, at)
        case Adjustment(store_id=store, quantity=change, occurred_at=at, reason=reason):
            return Effect(store, "adjustment", change, at, reason=reason)
        case Transfer():
            return _leg(event)
        case _:
            return None


def _leg(leg: Transfer) -> Effect:
    units, at, transfer = leg.quantity, leg.occurred_at, leg.transfer_id
    if leg.phase == "shipped":
        return Effect(leg.from_store, "transfer_out", -units, at, reference=transfer)
    return Effect(leg.to_store, "transfer_in", units, at, reference=transfer)


def _too_late(delivery: Delivery) -> bool:
    """Whether it is a count from before anything that the job is sure to remember."""
    event, limit = delivery.event, delivery.count_seconds
    if not limit or not isinstance(event, StockCount):
        return False
    return event.recorded_at - event.counted_at > timedelta(seconds=limit)


def entry(delivery: Delivery, booked: LedgerEntry | None = None) -> LedgerEntry | None:
    """What the ledger must say of an accepted delivery, if anything.

    booked: what it says. Behind a gate its offset is taken from there: the public topic has others.
    """
    found = effect(delivery.event)
    if found is None:
        return None
    if _too_late(delivery):
        reason = f"recorded more than {delivery.count_seconds} s after it was taken"
        found = found._replace(kind=REFUSED, reason=reason)
    topic, partition, offset = delivery.place
    if delivery.topic_prefix and booked and delivery.may_be(*source(booked)):
        offset = booked.source_offset
    return LedgerEntry(
        **found._asdict(),
        event_id=delivery.event.event_id,
        sku=delivery.event.sku,
        recorded_at=delivery.event.recorded_at,
        source_topic=delivery.topic_prefix + topic,
        source_partition=partition,
        source_offset=offset,
    )


def source(entry: LedgerEntry) -> tuple[str, int, int]:
    """Topic, partition and offset of the delivery that the job took."""
    return entry.source_topic, entry.source_partition, entry.source_offset
