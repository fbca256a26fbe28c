"""The facts of a conflict: it counts in the versions of its rows, and moves nothing.

Of two events with one id the job counts the one that it reads first, and after a crash that may be
the other one. The rows of both then follow, as both versions count both events. The ledger tells
which one counts. Of events without an entry in it, such as orders, no topic tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from audit import ledger
from audit.delivery import Delivery
from audit.handled import is_handled
from schemas.generated import AnyEvent, LedgerEntry
from schemas.record import Record

Facts = AnyEvent | LedgerEntry
NO_ID = ""
NO_EFFECT = {
    "event_id": NO_ID,
    "quantity": 0,
    "line_amount": Decimal(0),
    "status": "conflict",
}
"""Field -> the value with which it changes no figure."""


def contents(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return a delivery of each content, a certain one if there is one."""
    contents: dict[AnyEvent, Delivery] = {}
    for delivery in sorted(deliveries, key=lambda each: (each.late, each.uncertain)):
        contents.setdefault(delivery.event, delivery)
    return list(contents.values())


def candidates(deliveries: Iterable[Delivery]) -> list[AnyEvent]:
    """Return the contents of which any may count: in its partition, nothing surely came before."""
    contents: dict[AnyEvent, None] = {}
    closed: set[tuple[str, int]] = set()
    for delivery in sorted(deliveries, key=lambda delivery: delivery.place):
        partition = delivery.place[:2]
        if partition not in closed:
            contents[delivery.event] = None
        if not delivery.uncertain:
            closed.add(partition)
    return list(contents)


def facts_if(winner: AnyEvent, delivery: Delivery) -> Iterator[Facts]:
    """Yield the facts of an event without a ledger entry if `winner` is the one that counts."""
    if delivery.event != winner:
        yield from facts(delivery)
    elif is_handled(winner):
        yield winner


def facts(delivery: Delivery) -> Iterator[Facts]:
    """Yield the facts without a quantity that a conflict adds to the rows of its event."""
    event = delivery.event
    if not is_handled(event):
        return
    yield replace(event, **_without_effect(event))
    entry = ledger.entry(delivery)
    if entry is not None and entry.kind != ledger.REFUSED:
        kind = "adjustment" if entry.kind == "count" else entry.kind
        yield replace(entry, **_without_effect(entry), kind=kind)


def _without_effect(record: Record) -> dict[str, Any]:
    names = {field.name for field in record.FIELDS}
    return {name: value for name, value in NO_EFFECT.items() if name in names}
