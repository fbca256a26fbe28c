"""Keep the table of shelves true, batch after batch, with a bounded amount of work in each."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, time
from time import monotonic
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record
from views.business_days import BusinessDays
from views.database import shelf_queue
from views.database.conflation import Changes, Key
from views.database.read_offsets import Positions
from views.database.shelf_records import ShelfKey
from views.database.shelves import SHELVES, keys_to_refresh, refresh
from views.database.tables import DEFINITIONS
from views.shelf_figures import Shelf

CHANGED_SECONDS = 0.25
"""Time in a batch for shelves whose records have changed; the others wait in the queue."""
WAITING_SECONDS = 0.05
"""Time in a batch for shelves in the queue, and for those that time alone has changed."""
CHUNK = 100
SHELF_OF: dict[type[Record], Callable[[Key], ShelfKey]] = {
    InventoryLevel: lambda key: (key[0], key[1]),
    SalesByDay: lambda key: (key[0], key[1]),
    SalesPerMinute: lambda key: (key[0], key[1]),
    OpenOrder: lambda key: (key[1], key[2]),
    OpenTransfer: lambda key: (key[2], key[3]),
}
"""The shelf of a record's key, by contract."""


class ShelfUpkeep:
    """Computes the shelves again that a batch has changed, in its transaction: a follower.Derive.

    What exceeds the time of a batch waits in a table, so that it is not lost when the process ends.
    """

    def __init__(self, settings: Settings) -> None:
        self._days = BusinessDays.of(settings)
        record_types: tuple[type[Record], ...] = (Product, LedgerEntry, *SHELF_OF)
        self._types = {settings.prefixed(each.TOPIC): each for each in record_types}

    def __call__(
        self,
        connection: Connection,
        changes: Mapping[type[Record], Changes],
        positions: Positions,
    ) -> None:
        now, started = utc_now(), monotonic()
        unknown = self._unknown(positions)
        self._begin_anew(connection, unknown, positions)
        changed = changed_shelves(changes)
        if LedgerEntry not in unknown:
            shelf_queue.add(connection, self._moved_before_today(changes, now))
        if (products := changes.get(Product)) is not None:
            skus = [sku for (sku,) in (*products.deleted, *products.newest)]
            shelf_queue.add_products(connection, skus)
        while changed and monotonic() - started < CHANGED_SECONDS:
            refresh(connection, changed[:CHUNK], now, self._days, unknown)
            del changed[:CHUNK]
        shelf_queue.add(connection, changed)
        self._refresh_waiting(connection, now, unknown)

    def _moved_before_today(
        self, changes: Mapping[type[Record], Changes], now: datetime
    ) -> list[ShelfKey]:
        """Return the shelves with a new entry of an earlier day: it may begin days in stock."""
        entries: Collection[Any] = ()
        if LedgerEntry in changes:
            entries = changes[LedgerEntry].newest.values()
        zone = self._days.zone
        today = datetime.combine(now.astimezone(zone), time.min, zone)
        keys = [(each.store_id, each.sku) for each in entries if each.occurred_at < today]
        return list(dict.fromkeys(keys))

    def _refresh_waiting(
        self, connection: Connection, now: datetime, unknown: Collection[type[Record]]
    ) -> None:
        started = monotonic()
        while monotonic() - started < WAITING_SECONDS:
            keys = shelf_queue.first(connection, CHUNK)
            due = keys or keys_to_refresh(connection, now, CHUNK)
            if not due:
                return
            refresh(connection, due, now, self._days, unknown)
            shelf_queue.remove(connection, keys)

    def _unknown(self, positions: Positions) -> list[type[Record]]:
        """Return the contracts whose topic is missing or was never read to its end."""
        read = {topic for topic, _ in positions}
        partial = {topic for (topic, _), position in positions.items() if not position.complete}
        return [
            each for topic, each in self._types.items() if topic in partial or topic not in read
        ]

    def _begin_anew(
        self,
        connection: Connection,
        unknown: Collection[type[Record]],
        positions: Positions,
    ) -> None:
        """Put all shelves into the queue when all figures may differ from those in the table."""
        rereading = {topic for (topic, _), position in positions.items() if position.rereading}
        columns = [field.name for field in fields(Shelf)]
        state = {
            "columns": columns,
            "zone": str(self._days.zone),
            "lead_day": self._days.lead_day.total_seconds(),
            "topics": {topic: position.topic_id for (topic, _), position in positions.items()},
            "unknown": sorted(each.TOPIC for each in unknown),
            "rereading": sorted(rereading),
        }
        of_shelves = DEFINITIONS.c.table_name == SHELVES.name
        stored = connection.scalar(select(DEFINITIONS.c.definition).where(of_shelves))
        before = json.loads(stored) if stored else {"columns": columns}
        if before == state:
            return
        if before["columns"] != columns:
            SHELVES.drop(connection)
            SHELVES.create(connection)
        connection.execute(delete(DEFINITIONS).where(of_shelves))
        row = {"table_name": SHELVES.name, "definition": json.dumps(state)}
        connection.execute(insert(DEFINITIONS), row)
        shelf_queue.add_all(connection)


def changed_shelves(changes: Mapping[type[Record], Changes]) -> list[ShelfKey]:
    """Return the shelves of changed records; those of products are not among them."""
    keys: dict[ShelfKey, None] = {}
    for record_type, shelf_of in SHELF_OF.items():
        if record_type in changes:
            every: Sequence[Key] = (
                *changes[record_type].deleted,
                *changes[record_type].newest,
            )
            keys |= dict.fromkeys(map(shelf_of, every))
    return list(keys)
