"""The figures that a reader of the job's topics shows, compared with the oracle's."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.generated import InventoryLevel, LedgerEntry, OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record
from schemas.version import Version, version_of
from tests.support import oracle
from tests.support.oracle import Entry, Event
from views.reader import TopicReader
from views.table import Table

Expected = dict[type[Record], dict[Any, Any]]
"""Oracle's values by contract and key."""
COMPARED = (InventoryLevel, OpenOrder, OpenTransfer, SalesByDay)
READ = (*COMPARED, LedgerEntry)
POLL_SECONDS = 0.1


def expected_figures(arrived: Iterable[Event], zone: str) -> Expected:
    """Return the oracle's figures after events. zone: of the business days."""
    arrived = list(arrived)
    return {
        InventoryLevel: oracle.levels(arrived),
        OpenOrder: oracle.orders(arrived),
        OpenTransfer: oracle.transfers(arrived),
        SalesByDay: oracle.days(arrived, zone),
    }


class Figures:
    """A reader of the job's topics, as the page is one."""

    def __init__(self, settings: Settings) -> None:
        self.tables: dict[type[Record], Table[Any]] = {each: Table() for each in READ}
        self._reader = TopicReader(settings, READ)

    def read(self) -> None:
        """Read all records that have come."""
        while (records := self._reader.read(10_000, POLL_SECONDS)) or not self._reader.caught_up:
            for record in records:
                if isinstance(record, Tombstone):
                    self.tables[record.record_type].remove(record.key)
                else:
                    self.tables[type(record)].put(record)

    def in_order_of_reading(self, arrived: Iterable[Event]) -> list[Event]:
        """Return events with those of the ledger first: of two with one id, it has the one read."""
        return sorted(arrived, key=self._is_other)

    def _is_other(self, event: Event) -> bool:
        """Return True if the ledger has another event with this id."""
        row = self.tables[LedgerEntry].get(event.event_id)
        entry = oracle.ledger([event]).get(event.event_id)
        return row is not None and any(
            getattr(row, each.name) != getattr(entry, each.name, None) for each in fields(Entry)
        )

    def close(self) -> None:
        self._reader.close()

    @property
    def generation(self) -> int:
        """Generation of the newest level."""
        return max((int(row.generation) for row in self.tables[InventoryLevel]), default=0)

    @property
    def versions(self) -> dict[Any, Version]:
        """Version of each row, by contract and key."""
        return {
            (record_type, row.key()): version_of(row)
            for record_type, table in self.tables.items()
            for row in table
        }

    def wrong(
        self, expected: Expected, generation: int, former_rows: bool = False
    ) -> list[tuple[Any, Any, Any]]:
        """Return (key, published row, expected value) of each figure that is not true.

        generation: of the job's state; former_rows: rows that only an earlier one had may stand.
        """
        return [
            (key, row, value)
            for record_type, rows in expected.items()
            for shown in [{row.key(): row for row in self.tables[record_type]}]
            for key in sorted(shown.keys() | rows.keys(), key=str)
            for row, value in [(shown.get(key), rows.get(key))]
            if not _is_true(row, value, generation)
            and not (former_rows and value is None and row and row.generation < generation)
        ]


def _is_true(row: Any, expected: Any, generation: int) -> bool:
    """Compare a published row with the oracle's; generation: the job's."""
    if row is None or expected is None or row.generation != generation:
        return False
    if isinstance(expected, tuple):
        return bool((row.units, row.revenue, row.version) == expected)
    return all(getattr(row, each.name) == getattr(expected, each.name) for each in fields(expected))
