"""Everything that a faultless job publishes, as running figures over the events in time order.

It shares neither code nor method with the audit.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from audit.delivery import Delivery
from schemas.generated import (
    Adjustment,
    AnyEvent,
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    ReplenishmentOrder,
    SalesByDay,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record

ZERO = {
    name: 0
    for name in ("sold", "returned", "received", "adjusted", "transferred_in", "transferred_out")
}


def books(arrivals: Iterable[Delivery]) -> list[Record]:
    """Return the newest record of every key of every published topic, with days in UTC."""
    accepted: dict[tuple[str, bool], Delivery] = {}
    contents: dict[tuple[str, bool], list[AnyEvent]] = {}
    for delivery in arrivals:
        identity = delivery.event.event_id, _moves_nothing(delivery.event)
        accepted.setdefault(identity, delivery)
        known = contents.setdefault(identity, [])
        if delivery.event not in known:
            known.append(delivery.event)
    records: dict[Any, Any] = {}
    for delivery in sorted(accepted.values(), key=_as_it_happened):
        _ledger(records, delivery)
        _level(records, delivery.event)
        _others(records, delivery.event)
    for _, *others in contents.values():
        for event in others:
            _conflict(records, event)
    return [record_type.from_dict(values) for (record_type, *_), values in records.items()]


def _at(event: AnyEvent) -> Any:
    return event.counted_at if isinstance(event, StockCount) else event.occurred_at


def _as_it_happened(delivery: Delivery) -> Any:
    event = delivery.event
    return _at(event), isinstance(event, StockCount), event.event_id


def _moved(event: AnyEvent) -> tuple[str, int, str, str]:
    """Return (store, signed units, the ledger's kind, the level's total)."""
    q = event.quantity
    if isinstance(event, Transaction):
        return (
            (event.store_id, -q, "return", "returned")
            if q < 0
            else (event.store_id, -q, "sale", "sold")
        )
    if isinstance(event, Transfer):
        if event.phase == "shipped":
            return event.from_store, -q, "transfer_out", "transferred_out"
        return event.to_store, q, "transfer_in", "transferred_in"
    if isinstance(event, Adjustment):
        return event.store_id, q, "adjustment", "adjusted"
    return event.store_id, q, "shipment", "received"


def _moves_nothing(event: AnyEvent) -> bool:
    return isinstance(event, ReplenishmentOrder) or getattr(event, "phase", "") == "lost"


def _ledger(records: dict[Any, Any], delivery: Delivery) -> None:
    event = delivery.event
    if _moves_nothing(event):
        return
    if isinstance(event, StockCount):
        store, units, kind = event.store_id, event.quantity, "count"
    else:
        store, units, kind, _ = _moved(event)
    reference = None
    for name in ("receipt_id", "order_id", "transfer_id"):
        reference = getattr(event, name, reference)
    records[LedgerEntry, event.event_id] = {
        "event_id": event.event_id,
        "store_id": store,
        "sku": event.sku,
        "kind": kind,
        "quantity": units,
        "reason": getattr(event, "reason", None),
        "reference": reference,
        "occurred_at": _at(event),
        "recorded_at": event.recorded_at,
        "source_topic": event.TOPIC,
        "source_partition": delivery.partition,
        "source_offset": delivery.offset,
    }


def _level(records: dict[Any, Any], event: AnyEvent) -> None:
    if _moves_nothing(event):
        return
    if isinstance(event, StockCount):
        store = event.store_id
    else:
        store, units, _, total = _moved(event)
    level = _level_of(records, store, event)
    level["version"] += 1
    level["last_movement_at"] = _at(event)
    if isinstance(event, StockCount):
        level["on_hand"], level["counted_at"] = event.quantity, event.counted_at
    else:
        level["on_hand"] += units
        level[total] += units if total in ("adjusted",) else abs(units)


def _level_of(records: dict[Any, Any], store: str, event: AnyEvent) -> Any:
    zero = {"store_id": store, "sku": event.sku, "on_hand": 0, "counted_at": None, "version": 0}
    return records.setdefault((InventoryLevel, store, event.sku), zero | ZERO)


def _others(records: dict[Any, Any], event: AnyEvent) -> None:
    key: tuple[str, ...]
    if isinstance(event, Transaction):
        day = event.occurred_at.strftime("%Y-%m-%d")
        key = (event.store_id, event.sku, event.currency, day)
        row = _row(records, SalesByDay, key, units=0, revenue=0)
        row["units"] += event.quantity
        row["revenue"] += event.line_amount
    elif isinstance(event, Transfer):
        key = (event.transfer_id, event.from_store, event.to_store, event.sku)
        row = _row(records, OpenTransfer, key, shipped=0, received=0, lost=0, in_transit=0)
        row[event.phase] += event.quantity
        row["in_transit"] = max(0, row["shipped"] - row["received"] - row["lost"])
    elif isinstance(event, ReplenishmentOrder | Shipment) and event.order_id:
        key = (event.order_id, event.store_id, event.sku)
        row = _row(
            records, OpenOrder, key, ordered=0, received=0, cancelled=False, expected_at=None
        )
        if isinstance(event, Shipment):
            row["received"] += event.quantity
        elif event.status == "cancelled":
            row["cancelled"] = True
        else:
            row["ordered"] += event.quantity
            before = row["expected_at"]
            row["expected_at"] = max(before or event.expected_at, event.expected_at)
        left = row["ordered"] - row["received"]
        row["remaining"] = 0 if row["cancelled"] or left < 0 else left


def _conflict(records: dict[Any, Any], event: AnyEvent) -> None:
    """Add an event that is one more in the versions of its rows, and nothing else."""
    if isinstance(event, ReplenishmentOrder):
        event = Shipment(
            event_id=event.event_id,
            order_id=event.order_id,
            store_id=event.store_id,
            sku=event.sku,
            quantity=0,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
        )
        _others(records, event)
        return
    if isinstance(event, Transaction):
        event = replace(event, line_amount=Decimal(0))
    event = replace(event, quantity=0)
    _others(records, event)
    if not _moves_nothing(event):
        store = event.store_id if isinstance(event, StockCount) else _moved(event)[0]
        level = _level_of(records, store, event)
        level["version"] += 1
        level["last_movement_at"] = max(level.get("last_movement_at", _at(event)), _at(event))


def _row(
    records: dict[Any, Any], record_type: type[Record], key: tuple[str, ...], **zero: Any
) -> Any:
    row = records.setdefault(
        (record_type, *key), dict(zip(record_type.KEY, key, strict=True)) | zero
    )
    row["version"] = row.get("version", 0) + 1
    return row
