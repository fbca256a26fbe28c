"""What the levels must be, from the definitions alone: plain Python over a set of events.

For each (store, sku), over the accepted events: on hand = received - sold + returned, totals
by kind, version = how many, last movement = the latest. An event is identified by its
event_id; its first delivery wins.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from schemas.generated import Shipment, Transaction

Event = Transaction | Shipment
Key = tuple[str, str]
Minute = tuple[str, str, str, datetime]
"""store, product, currency, first instant"""


@dataclass(frozen=True)
class Level:
    on_hand: int
    sold: int
    returned: int
    received: int
    version: int
    last_movement_at: datetime


def accepted(arrivals: Iterable[Event]) -> list[Event]:
    """The first delivery of each event, in order of arrival."""
    first: dict[str, Event] = {}
    for event in arrivals:
        first.setdefault(event.event_id, event)
    return list(first.values())


def level(events: list[Event]) -> Level:
    """The level of one key after these accepted events of it."""
    lines = [event.quantity for event in events if isinstance(event, Transaction)]
    received = sum(event.quantity for event in events if isinstance(event, Shipment))
    sold = sum(quantity for quantity in lines if quantity > 0)
    returned = sum(-quantity for quantity in lines if quantity < 0)
    return Level(
        on_hand=received - sold + returned,
        sold=sold,
        returned=returned,
        received=received,
        version=len(events),
        last_movement_at=max(event.occurred_at for event in events),
    )


def by_key(events: Iterable[Event]) -> dict[Key, list[Event]]:
    keys: dict[Key, list[Event]] = defaultdict(list)
    for event in events:
        keys[event.store_id, event.sku].append(event)
    return dict(keys)


def minutes(arrivals: Iterable[Event]) -> dict[Minute, tuple[int, Decimal]]:
    """(net units, revenue) of every minute with sales in it, when none comes late."""
    sums: dict[Minute, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for event in accepted(arrivals):
        if isinstance(event, Transaction):
            start = event.occurred_at.replace(second=0, microsecond=0)
            key = (event.store_id, event.sku, event.currency, start)
            units, revenue = sums[key]
            sums[key] = (units + event.quantity, revenue + event.line_amount)
    return dict(sums)


def levels(arrivals: Iterable[Event]) -> dict[Key, Level]:
    """The level of every key after all arrivals."""
    return {key: level(events) for key, events in by_key(accepted(arrivals)).items()}
