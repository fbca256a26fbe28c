"""The facts of a conflict: it counts in the versions of its rows, and moves nothing.

Of two events with one id the job counts the one that it reads first, and after a crash that may be
the other one. The rows of both then follow, as both versions count both events.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from audit import ledger
from audit.delivery import Delivery
from audit.handled import is_handled
from schemas.generated import AnyEvent, LedgerEntry
from schemas.record import Record

NO_ID = ""
NO_EFFECT = {
    "event_id": NO_ID,
    "quantity": 0,
    "line_amount": Decimal(0),
    "status": "conflict",
}
"""Field -> the value with which it changes no figure."""


def facts(delivery: Delivery) -> Iterator[AnyEvent | LedgerEntry]:
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
