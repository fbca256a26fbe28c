"""A gate, a job and a read model for replays, in memory: each id counts once within the horizon."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import LedgerEntry, Transaction
from tests.support.page_database import filled, say_read
from views.database.engine import writing
from views.database.tables import TABLES

AHEAD = timedelta(hours=1)
"""The database says that it was read later than any replay of a test begins."""


class CountingPipeline:
    """Counts transactions into the ledger of a database, which all state folders ask."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(database=f"sqlite:///{folder / 'read-model.sqlite'}")
        self._engine = filled(folder, [], utc_now() + AHEAD)
        self._ids: set[str] = set()
        self.ledger: list[LedgerEntry] = []

    def count(self, records: Iterable[Transaction]) -> None:
        """Count what a replay has sent, and publish the entries."""
        self.add(*(entry(record) for record in records if self._is_first(record.event_id)))

    def add(self, *entries: LedgerEntry) -> None:
        """Add entries to the ledger."""
        self.ledger += entries
        with writing(self._engine) as connection:
            if entries:
                connection.execute(
                    insert(TABLES[LedgerEntry]), [each.to_dict() for each in entries]
                )
            say_read(connection, len(self.ledger), utc_now() + AHEAD)

    def pass_the_horizon(self) -> None:
        """Forget the ids, as the job does."""
        self._ids.clear()

    def read_until(self, time: datetime) -> None:
        """Let the read model have stopped at a time."""
        with writing(self._engine) as connection:
            say_read(connection, len(self.ledger), time)

    def close(self) -> None:
        self._engine.dispose()

    def _is_first(self, event_id: str) -> bool:
        known = event_id in self._ids
        self._ids.add(event_id)
        return not known


def entry(sale: Transaction) -> LedgerEntry:
    """Return the entry of a sale or return."""
    return LedgerEntry(
        event_id=sale.event_id,
        store_id=sale.store_id,
        sku=sale.sku,
        kind="return" if sale.quantity < 0 else "sale",
        quantity=-sale.quantity,
        reference=sale.receipt_id,
        occurred_at=sale.occurred_at,
        recorded_at=sale.recorded_at,
        source_topic="accepted-transactions",
        source_partition=0,
        source_offset=0,
    )
