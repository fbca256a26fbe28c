"""What the levels must come to: the definitions, applied to the events that were sent.

It shares nothing with the job: that, too, may be judged by it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TextIO

from producers.simulator.timeline import Event
from schemas.generated import (
    Adjustment,
    InventoryLevel,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

TOTALS = ("sold", "returned", "received", "adjusted", "transferred_in", "transferred_out")


@dataclass(slots=True)
class _Page:
    """One shelf. movements: (occurred_at, units) of those after the anchor."""

    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOTALS, 0))
    version: int = 0
    last: datetime | None = None
    anchor: StockCount | None = None
    movements: list[tuple[datetime, int]] = field(default_factory=list)

    def count(self, counted: StockCount) -> None:
        self._see(counted.counted_at)
        best = self.anchor
        if best is None or _rank(counted) > _rank(best):
            self.anchor = counted
            # Counts are never taken back: what lies before an anchor matters no more.
            self.movements = [each for each in self.movements if each[0] > counted.counted_at]

    def move(self, total: str, units: int, at: datetime) -> None:
        self._see(at)
        self.totals[total] += abs(units) if total != "adjusted" else units
        if self.anchor is None or at > self.anchor.counted_at:
            self.movements.append((at, units))

    def _see(self, at: datetime) -> None:
        self.version += 1
        if self.last is None or at > self.last:
            self.last = at


class Books:
    """All shelves that events were entered for."""

    def __init__(self) -> None:
        self._pages: defaultdict[tuple[str, str], _Page] = defaultdict(_Page)

    def enter(self, event: Event) -> None:
        """Take in an event that was not entered before, in any order."""
        match event:
            case Transaction():
                total = "sold" if event.quantity >= 0 else "returned"
                page = self._pages[event.key()]
                page.move(total, -event.quantity, event.occurred_at)
            case Shipment():
                page = self._pages[event.key()]
                page.move("received", event.quantity, event.occurred_at)
            case Adjustment():
                page = self._pages[event.key()]
                page.move("adjusted", event.quantity, event.occurred_at)
            case Transfer(phase="shipped"):
                page = self._pages[event.from_store, event.sku]
                page.move("transferred_out", -event.quantity, event.occurred_at)
            case Transfer():
                page = self._pages[event.to_store, event.sku]
                page.move("transferred_in", event.quantity, event.occurred_at)
            case StockCount():
                self._pages[event.key()].count(event)

    def levels(self) -> Iterator[InventoryLevel]:
        """The last level of each shelf, by store and SKU."""
        for (store_id, sku), page in sorted(self._pages.items(), key=lambda item: item[0]):
            assert page.last is not None
            counted = page.anchor.quantity if page.anchor else 0
            yield InventoryLevel(
                store_id=store_id,
                sku=sku,
                on_hand=counted + sum(units for _, units in page.movements),
                version=page.version,
                last_movement_at=page.last,
                counted_at=page.anchor.counted_at if page.anchor else None,
                **page.totals,
            )


def write(levels: Iterator[InventoryLevel], file: TextIO) -> None:
    """Levels as CSV: the contract's fields in its order, times in ISO 8601, UTC; null is empty."""
    names = [each.name for each in fields(InventoryLevel)]
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(names)
    for level in levels:
        values = level.to_dict()
        lines.writerow(_text(values[name]) for name in names)


def _rank(counted: StockCount) -> tuple[datetime, str]:
    return counted.counted_at, counted.event_id


def _text(value: object) -> str:
    if isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None)
        return f"{utc.isoformat(timespec='milliseconds')}Z"
    return "" if value is None else str(value)
