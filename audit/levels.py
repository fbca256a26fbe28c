"""A level by its definition, from the ledger's entries for one product in one store."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from audit import ledger
from audit.events import Key
from schemas.generated import InventoryLevel, LedgerEntry


def key(fact: Any) -> Key | None:
    if isinstance(fact, LedgerEntry) and fact.kind != ledger.REFUSED:
        return fact.store_id, fact.sku
    return None


def anchor(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """The latest count, of several at one time that with the greatest event_id."""
    counts = (entry for entry in entries if entry.kind == "count")
    return max(counts, key=lambda count: (count.occurred_at, count.event_id), default=None)


def on_hand(entries: Sequence[LedgerEntry]) -> int:
    """The anchor's units + every movement after it; all movements when nothing was counted."""
    count = anchor(entries)
    return (count.quantity if count else 0) + sum(
        entry.quantity
        for entry in entries
        if entry.kind != "count" and (count is None or entry.occurred_at > count.occurred_at)
    )


def record(key: Key, entries: Sequence[LedgerEntry]) -> InventoryLevel:
    """The level after all of these entries, at least one."""
    count = anchor(entries)
    totals: Counter[str] = Counter()
    for entry in entries:
        totals[entry.kind] += entry.quantity
    return InventoryLevel(
        store_id=key[0],
        sku=key[1],
        on_hand=on_hand(entries),
        sold=-totals["sale"],
        returned=totals["return"],
        received=totals["shipment"],
        adjusted=totals["adjustment"],
        transferred_in=totals["transfer_in"],
        transferred_out=-totals["transfer_out"],
        counted_at=count.occurred_at if count else None,
        last_movement_at=max(entry.occurred_at for entry in entries),
        version=len(entries),
    )
