"""The ledger's look-up: the entries of counted events, and only if it is complete."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from connect.errors import UserError
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import LedgerEntry, Transaction
from tests.support.counting_pipeline import entry
from tests.support.page_database import say_read
from tests.support.poisons import good
from views.counted_events import MARGIN, CountedEvents, counted_events
from views.database import heartbeats
from views.database.engine import SQLITE_FILE, open_database, writing
from views.database.heartbeats import HEARTBEATS, JOB, Heartbeat
from views.database.tables import TABLES

NOW = utc_now()
COLUMNS = ("sku", "quantity", "occurred_at")
SECOND = timedelta(seconds=1)
SALE: Any = good(Transaction, NOW)


def sale(number: int, **changes: Any) -> LedgerEntry:
    return replace(entry(replace(SALE, event_id=f"e{number}")), **changes)


@pytest.fixture
def engine(database: Settings) -> Iterator[Engine]:
    """A database with three sales, read up to now, of a job that has counted all."""
    opened = open_database(database)
    rows = [sale(0), sale(1, quantity=-7), sale(2), sale(3, kind="refused_count")]
    with writing(opened) as connection:
        connection.execute(insert(TABLES[LedgerEntry]), [row.to_dict() for row in rows])
        say_read(connection, len(rows), NOW)
    yield opened
    opened.dispose()


@pytest.fixture
def counted(database: Settings, engine: Engine) -> Iterator[CountedEvents]:  # noqa: ARG001
    opened = CountedEvents(database)
    yield opened
    opened.close()


def test_counted_events_are_returned_with_their_columns(counted: CountedEvents) -> None:
    entries = counted.entries(["e1", "e3", "e9", "e2"], COLUMNS, NOW)
    assert entries == {
        "e1": (SALE.sku, -7, SALE.occurred_at),
        "e2": (SALE.sku, -SALE.quantity, SALE.occurred_at),
    }


def test_more_ids_than_a_query_takes_parameters_are_looked_up(counted: CountedEvents) -> None:
    ids = [f"e{number}" for number in range(70_000, -1, -1)]
    assert counted.entries(ids, (), NOW).keys() == {"e0", "e1", "e2"}


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        ({"at": NOW - SECOND}, "has read nothing of stock-ledger since"),
        ({"at": NOW, "complete": False}, "has not yet read stock-ledger to its end"),
    ],
)
def test_there_is_no_answer_from_a_ledger_that_is_not_read_up_to_the_moment(
    counted: CountedEvents, engine: Engine, read: dict[str, Any], reason: str
) -> None:
    with writing(engine) as connection:
        say_read(connection, 4, **read)
    with pytest.raises(UserError, match=reason):
        counted.entries(["e1"], COLUMNS, NOW)


@pytest.mark.parametrize(
    ("beat", "reason"),
    [
        (None, "unknown how far the job has counted"),
        (Heartbeat(JOB, NOW, NOW, None), "unknown how far the job has counted"),
        (Heartbeat(JOB, NOW, NOW, NOW - MARGIN - SECOND), "has not counted what was accepted"),
        # The job has caught up since the ledger was read.
        (Heartbeat(JOB, NOW + SECOND, NOW, NOW), "has read nothing of stock-ledger since"),
    ],
)
def test_there_is_no_answer_while_the_job_is_behind(
    counted: CountedEvents, engine: Engine, beat: Heartbeat | None, reason: str
) -> None:
    with writing(engine) as connection:
        connection.execute(HEARTBEATS.delete())
        heartbeats.save(connection, [beat] if beat else [])
    with pytest.raises(UserError, match=reason):
        counted.entries(["e1"], COLUMNS, NOW)


def test_a_file_that_was_deleted_is_opened_anew(tmp_path: Any) -> None:
    settings = Settings(state=tmp_path)
    assert counted_events(settings) is None
    fill(settings, 0, NOW)
    counted = CountedEvents(settings)
    assert counted.entries(["e0"], (), NOW).keys() == {"e0"}
    for file in tmp_path.glob(f"{SQLITE_FILE}*"):
        file.unlink()
    fill(settings, 1, NOW + SECOND)
    assert counted.entries(["e1"], (), NOW + SECOND).keys() == {"e1"}
    counted.close()


def fill(settings: Settings, number: int, read_at: datetime) -> None:
    engine = open_database(settings)
    with writing(engine) as connection:
        connection.execute(insert(TABLES[LedgerEntry]), [sale(number).to_dict()])
        say_read(connection, 1, read_at)
    engine.dispose()


def test_without_a_gate_it_is_not_known_how_far_the_job_has_counted(database: Settings) -> None:
    open_database(database).dispose()
    assert counted_events(replace(database, gate="off")) is None
