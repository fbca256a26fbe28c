"""The definition of an inventory level, as pure functions of movements and counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from audit.delivery import Key
from audit.ledger import REFUSED
from audit.stock_events import StockEvent, stock_event
from schemas.avro.encode import EPOCH
from schemas.generated import AnyEvent, InventoryLevel, LedgerEntry

Entry = StockEvent | LedgerEntry
"""A movement or count; refused counts belong to no level."""


def key(fact: Any) -> Key | None:
    """Return (store, SKU) of a ledger entry that counts; None for any other fact."""
    if isinstance(fact, LedgerEntry) and fact.kind != REFUSED:
        return fact.store_id, fact.sku
    return None


def anchor(entries: Iterable[Entry]) -> Entry | None:
    """Return the latest count; of counts at one time, the one with the greatest event_id."""
    counts = (entry for entry in entries if entry.kind == "count")
    return max(counts, key=lambda count: (count.occurred_at, count.event_id), default=None)


def on_hand(entries: Sequence[Entry]) -> int:
    """Return the anchor's units plus all movements after it; without a count, all movements."""
    count = anchor(entries)
    return (count.quantity if count else 0) + sum(
        entry.quantity
        for entry in entries
        if entry.kind != "count" and (count is None or entry.occurred_at > count.occurred_at)
    )


def level(key: Key, entries: Sequence[Entry]) -> InventoryLevel:
    """Return the level of (store, SKU) after all of its entries; without any, it moved in 1970."""
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
        last_movement_at=max((entry.occurred_at for entry in entries), default=EPOCH),
        version=len(entries),
    )


class ExpectedLevels:
    """The levels that follow from accepted events, in whatever order they are added."""

    def __init__(self) -> None:
        self._entries: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)

    def add(self, event: AnyEvent) -> None:
        """Add an accepted event; a repeated delivery must not be added."""
        entry = stock_event(event)
        if entry:
            self._entries[entry.store_id, entry.sku].append(entry)

    def levels(self) -> Iterator[InventoryLevel]:
        """Yield the level of each (store, SKU), in their order."""
        for store_and_sku in sorted(self._entries):
            yield level(store_and_sku, self._entries[store_and_sku])
