"""The events that are counted: those of which the stock ledger has an entry.

The job keeps the ids of what was accepted lately and recognises their repeats; the ledger has the
events before that. Together they know every event, if the ledger's rows are complete up to a moment
from which on the job keeps the ids. It keeps them for at least SLACK_SECONDS, so that MARGIN, by
which the rows may be behind, is small beside it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Connection, Text, any_, func, literal, select

from connect.errors import UserError
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import LedgerEntry
from views.current_database import require_read
from views.database import heartbeats
from views.database.column_types import POSTGRESQL
from views.database.engine import database_answers, file_is_missing, open_database
from views.database.heartbeats import JOB
from views.database.tables import TABLES

MARGIN = timedelta(hours=1)
RETRY_SECONDS = 0.2
EARLIEST = datetime.min.replace(tzinfo=UTC)
LEDGER = TABLES[LedgerEntry]
T = TypeVar("T")


class CountedEvents:
    """Looks up events in the stock ledger, as the read model has it.

    Orders, and the legs `lost` of transfers, move no stock and have no entry. A count that was
    refused has one and is not counted.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises UserError when the database cannot be opened."""
        self._settings = settings
        self._engine = open_database(settings)

    def entries(
        self,
        event_ids: Sequence[str],
        columns: Sequence[str],
        read_up_to: datetime = EARLIEST,
    ) -> dict[str, tuple[Any, ...]]:
        """Return columns of the entries of those events that are counted, by event_id.

        Raises UserError when that is not known: the database does not answer, has not read what
        Kafka had at the moment read_up_to, or lacks events that were accepted MARGIN ago.
        """
        with database_answers(self._settings), self._engine.connect() as connection:
            self._require_complete(connection, read_up_to)
            selected = (LEDGER.c.event_id, *(LEDGER.c[name] for name in columns))
            query = select(*selected).where(
                _is_one_of(event_ids, connection), LEDGER.c.kind != "refused_count"
            )
            return {row[0]: row[1:] for row in connection.execute(query)}

    def close(self) -> None:
        self._engine.dispose()

    def _require_complete(self, connection: Connection, read_up_to: datetime) -> None:
        topic = self._settings.prefixed(LedgerEntry.TOPIC)
        job = heartbeats.load(connection).get(JOB)
        reached_at = job and job.reached_at
        if job is None or reached_at is None:
            raise UserError("It is unknown how far the job has counted.")
        # What the job is seen to have counted is in the topic by then.
        require_read(connection, topic, max(read_up_to, job.looked_at))
        if reached_at < utc_now() - MARGIN:
            at = f"{reached_at:%Y-%m-%d %H:%M:%S}"
            raise UserError(f"The job has not counted what was accepted after {at} UTC.")


def counted_events(settings: Settings) -> CountedEvents | None:
    """Open the look-up; None without a read model or gate. Raises UserError."""
    return CountedEvents(settings) if has_ledger(settings) else None


def has_ledger(settings: Settings) -> bool:
    """Return True for a read model and a gate, without which nothing shows how far the job is."""
    return settings.has_gate and not file_is_missing(settings)


def patiently(
    look_up: Callable[[], T], seconds: float, stop: Callable[[], bool] = lambda: False
) -> T:
    """Repeat a look-up while it raises UserError, which passes through after some seconds."""
    until = monotonic() + seconds
    while True:
        try:
            return look_up()
        except UserError:
            if monotonic() > until or stop():
                raise
        sleep(RETRY_SECONDS)


def _is_one_of(event_ids: Sequence[str], connection: Connection) -> ColumnElement[bool]:
    """Compare with all ids in one parameter: one for each would cost more than the look-up."""
    if connection.dialect.name == POSTGRESQL:
        return LEDGER.c.event_id == any_(literal(list(event_ids), ARRAY(Text)))
    given = func.json_each(json.dumps(event_ids)).table_valued("value")
    return LEDGER.c.event_id.in_(select(given.c.value))
