"""The tests' oracle: the definitions in plain Python over a set of events.

An event is identified by its event_id, and by whether it moves or counts stock; its first delivery
wins. Every other content of it counts as one more event of its rows that moves nothing. For each
(store, sku), over the accepted events: the anchor is the count with the greatest (counted_at,
event_id), and on hand is its quantity (0 without one) + the movements after it (all of them without
one). Totals, version and last movement are over all movements and counts. On order and in transit
are what was ordered or shipped and not yet received or lost, never below 0; a cancelled order has
nothing remaining. An event with another phase or status than those here counts nowhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from schemas.generated import (
    Adjustment,
    AnyEvent,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

Event = AnyEvent
Key = tuple[str, str]
Minute = tuple[str, str, str, datetime]
"""store, product, currency, first instant"""
Day = tuple[str, str, str, str]
"""store, product, currency, local day"""
Identity = tuple[str, bool]
"""event_id, and True if the event moves or counts stock"""
K = TypeVar("K")


@dataclass(frozen=True)
class Level:
    on_hand: int
    sold: int
    returned: int
    received: int
    version: int
    last_movement_at: datetime
    adjusted: int
    transferred_in: int
    transferred_out: int
    counted_at: datetime | None


@dataclass(frozen=True)
class Order:
    ordered: int
    received: int
    remaining: int
    cancelled: bool
    expected_at: datetime | None
    version: int


@dataclass(frozen=True)
class Passage:
    shipped: int
    received: int
    lost: int
    in_transit: int
    version: int


@dataclass(frozen=True)
class Entry:
    store_id: str
    sku: str
    kind: str
    quantity: int
    reason: str | None
    reference: str | None
    occurred_at: datetime
    recorded_at: datetime


def accepted(arrivals: Iterable[Event]) -> list[Event]:
    """Return the first delivery of each event that counts, in order of arrival.

    Every other content with its id is there, too, without an id and without an effect.
    """
    first: dict[Identity, Event] = {}
    contents: dict[Event, Event] = {}
    for event in arrivals:
        winner = first.setdefault(_identity(event), event)
        contents.setdefault(event, event if event == winner else _without_effect(event))
    return [event for event in contents.values() if not _unknown(event)]


def unhandled(arrivals: Iterable[Event]) -> set[str]:
    """Return the ids of the events that count nowhere."""
    first: dict[Identity, Event] = {}
    for event in arrivals:
        first.setdefault(_identity(event), event)
    return {event.event_id for event in first.values() if _unknown(event)}


def _identity(event: Event) -> Identity:
    return event.event_id, shelf(event) is not None and not _unknown(event)


def _without_effect(event: Event) -> Event:
    if isinstance(event, Transaction):
        return replace(event, event_id="", quantity=0, line_amount=Decimal(0))
    return replace(event, event_id="", quantity=0)


def _unknown(event: Event) -> bool:
    match event:
        case Transfer():
            return event.phase not in ("shipped", "received", "lost")
        case ReplenishmentOrder():
            return event.status not in ("placed", "cancelled")
    return False


def shelf(event: Event) -> Key | None:
    """Return (store, product) of a movement or count; None for an order and for lost goods."""
    match event:
        case ReplenishmentOrder() | Transfer(phase="lost"):
            return None
        case Transfer(phase="shipped"):
            return event.from_store, event.sku
        case Transfer():
            return event.to_store, event.sku
    return event.store_id, event.sku


def happened(event: Event) -> datetime:
    return event.counted_at if isinstance(event, StockCount) else event.occurred_at


def level(events: list[Event]) -> Level:
    """Return the level of one (store, product) after its accepted movements and counts."""
    counts = [event for event in events if isinstance(event, StockCount) and event.event_id]
    anchor = max(counts, key=lambda count: (count.counted_at, count.event_id), default=None)
    on_hand = anchor.quantity if anchor else 0
    for event in events:
        if anchor is None or happened(event) > anchor.counted_at:
            on_hand += moved(event)
    lines = [event.quantity for event in events if isinstance(event, Transaction)]
    legs = [event for event in events if isinstance(event, Transfer)]
    return Level(
        on_hand=on_hand,
        sold=sum(quantity for quantity in lines if quantity > 0),
        returned=sum(-quantity for quantity in lines if quantity < 0),
        received=sum(event.quantity for event in events if isinstance(event, Shipment)),
        version=len(events),
        last_movement_at=max(happened(event) for event in events),
        adjusted=sum(moved(event) for event in events if _nature(event)[0] == "adjustment"),
        transferred_in=sum(leg.quantity for leg in legs if leg.phase == "received"),
        transferred_out=sum(leg.quantity for leg in legs if leg.phase == "shipped"),
        counted_at=anchor.counted_at if anchor else None,
    )


def moved(event: Event) -> int:
    """Return the units that the event added to its shelf (+) or removed (-)."""
    match event:
        case StockCount():
            return 0
        case Transaction() | Transfer(phase="shipped"):
            return -event.quantity
    return event.quantity


def by_shelf(events: Iterable[Event]) -> dict[Key, list[Event]]:
    return _grouped(
        [event for event in events if shelf(event) is not None],
        lambda event: shelf(event) or ("", ""),
    )


def levels(arrivals: Iterable[Event]) -> dict[Key, Level]:
    """Return the level of each (store, product) after all arrivals."""
    return {key: level(events) for key, events in by_shelf(accepted(arrivals)).items()}


def ledger(arrivals: Iterable[Event]) -> dict[str, Entry]:
    """Return the entry of each accepted movement and count, by event_id."""
    entries = {}
    for event in accepted(arrivals):
        store, sku = shelf(event) or (None, None)
        if store is None or sku is None or not event.event_id:
            continue
        kind, reason, reference = _nature(event)
        entries[event.event_id] = Entry(
            store_id=store,
            sku=sku,
            kind=kind,
            quantity=event.quantity if isinstance(event, StockCount) else moved(event),
            reason=reason,
            reference=reference,
            occurred_at=happened(event),
            recorded_at=event.recorded_at,
        )
    return entries


def orders(arrivals: Iterable[Event]) -> dict[tuple[str, str, str], Order]:
    """Return each (order, store, product) after all arrivals."""
    rows = {}
    order_events = [
        event
        for event in accepted(arrivals)
        if isinstance(event, ReplenishmentOrder)
        or (isinstance(event, Shipment) and event.order_id is not None)
    ]
    grouped = _grouped(order_events, lambda e: (str(_nature(e)[2]), e.store_id, e.sku))
    for key, events in grouped.items():
        orders = [e for e in events if isinstance(e, ReplenishmentOrder) and e.event_id]
        placed = [event for event in orders if event.status == "placed"]
        ordered = sum(event.quantity for event in placed)
        received = sum(event.quantity for event in events if isinstance(event, Shipment))
        cancelled = len(placed) < len(orders)
        rows[key] = Order(
            ordered=ordered,
            received=received,
            remaining=0 if cancelled or received > ordered else ordered - received,
            cancelled=cancelled,
            expected_at=max((event.expected_at for event in placed), default=None),
            version=len(events),
        )
    return rows


def transfers(arrivals: Iterable[Event]) -> dict[tuple[str, str, str, str], Passage]:
    """Return each (transfer, sender, receiver, product) after all arrivals."""
    legs = [event for event in accepted(arrivals) if isinstance(event, Transfer)]
    grouped = _grouped(legs, lambda leg: (leg.transfer_id, leg.from_store, leg.to_store, leg.sku))
    rows = {}
    for key, parts in grouped.items():
        shipped = sum(leg.quantity for leg in parts if leg.phase == "shipped")
        received = sum(leg.quantity for leg in parts if leg.phase == "received")
        lost = sum(leg.quantity for leg in parts if leg.phase == "lost")
        in_transit = max(shipped - (received + lost), 0)
        rows[key] = Passage(shipped, received, lost, in_transit, len(parts))
    return rows


def minutes(arrivals: Iterable[Event]) -> dict[Minute, tuple[int, Decimal, int]]:
    """Return (net units, revenue, lines) of each minute with sales."""
    return _sales(arrivals, lambda at: at.replace(second=0, microsecond=0))


def days(arrivals: Iterable[Event], zone: str) -> dict[Day, tuple[int, Decimal, int]]:
    """Return (net units, revenue, lines) of each local day with sales."""
    return _sales(arrivals, lambda at: at.astimezone(ZoneInfo(zone)).date().isoformat())


def _sales(
    arrivals: Iterable[Event], period: Callable[[datetime], K]
) -> dict[tuple[str, str, str, K], tuple[int, Decimal, int]]:
    sales = [event for event in accepted(arrivals) if isinstance(event, Transaction)]
    grouped = _grouped(sales, lambda e: (e.store_id, e.sku, e.currency, period(e.occurred_at)))
    return {
        key: (
            sum(line.quantity for line in lines),
            sum((line.line_amount for line in lines), Decimal(0)),
            len(lines),
        )
        for key, lines in grouped.items()
    }


def _nature(event: Event) -> tuple[str, str | None, str | None]:
    """Return (kind, reason, reference) as in the ledger."""
    match event:
        case Transaction():
            return "return" if event.quantity < 0 else "sale", None, event.receipt_id
        case Shipment():
            return "shipment", None, event.order_id
        case StockCount():
            return "count", None, None
        case Adjustment():
            return "adjustment", event.reason, None
        case Transfer():
            leg = "transfer_out" if event.phase == "shipped" else "transfer_in"
            return leg, None, event.transfer_id
    return event.status, None, event.order_id


E = TypeVar("E")


def _grouped(events: Iterable[E], key: Callable[[E], K]) -> dict[K, list[E]]:
    groups: dict[K, list[E]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return dict(groups)
