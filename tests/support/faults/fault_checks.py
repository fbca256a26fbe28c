"""Checks of a run: what was acknowledged against topics, read model, quarantine and audit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from typing import Any, NamedTuple

from confluent_kafka import TopicPartition
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from audit.console_report import conclusion
from audit.run import run as audit
from connect.errors import UserError
from connect.kafka import AUDIT_GROUP
from connect.record_consumer import Received, RecordConsumer
from connect.settings import Settings
from connect.topics import require_topics
from gate.coordinates import RecordCoordinates
from schemas.generated import InventoryLevel, LedgerEntry, QuarantinedRecord
from schemas.record import Record
from tests.support import oracle
from tests.support.faults.till import Book
from tests.support.oracle import Entry, Event, Key, Level
from tests.support.published_figures import READ, Figures, expected_figures
from tests.support.read_model_drill import rows_of
from views.database.engine import open_database
from views.database.tables import TABLES

NAMED = 3
"""Wrong figures of one kind that are named."""
LEVEL = [field.name for field in fields(Level)]


class Verdict(NamedTuple):
    """The result of all checks."""

    lost: int
    """Acknowledged events that have no entry in the ledger and should have one."""
    twice: int
    """Events with more than one entry in the ledger."""
    wrong: list[str]
    """A sentence for each thing that is not true, the lost and the doubled included."""


def levels_in_database(settings: Settings) -> dict[Key, Level]:
    """Return the levels that pages show; none while there is no database."""
    table = TABLES[InventoryLevel].c
    columns = [table[name] for name in LEVEL]
    with (
        suppress(UserError, DBAPIError),
        _database(settings) as engine,
        engine.connect() as connection,
    ):
        rows = connection.execute(select(table.store_id, table.sku, *columns))
        return {(store, sku): Level(*values) for store, sku, *values in rows}
    return {}


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def verdict(settings: Settings, books: Sequence[Book]) -> Verdict:
    """Check everything once. books: of all runs on this installation."""
    events = [event for book in books for event in book.events]
    lost, twice, wrong = _ledger(settings, events)
    with closing(Figures(settings)) as figures:
        figures.read()
        wrong += _figures(figures, events, settings)
        wrong += _read_model(figures, settings)
    wrong += _quarantine(settings, books)
    report = audit(settings, settle_seconds=10)
    if report.outcome:
        wrong += [f"audit: {line}" for line in conclusion(report)]
        parts = (report.differences, report.conflicts, report.lost)
        wrong += [f"audit: {line}" for part in parts for line in list(part.lines())[:NAMED]]
    return Verdict(lost, twice, wrong)


def _ledger(settings: Settings, events: Sequence[Event]) -> tuple[int, int, list[str]]:
    """Compare the ledger's topic with the oracle, as a consumer that keeps one row a key.

    A message without a key is a row of its own.
    """
    rows: dict[Any, LedgerEntry] = {}
    for received in _messages(settings, LedgerEntry):
        message = received.message
        key = message.key() if message is not None else None
        row = key if key is not None else (received.partition, received.offset)
        if received.tombstone is not None:
            rows.pop(row, None)
        elif received.record is not None:
            rows[row] = received.record
    expected = oracle.ledger(events)
    entries = Counter(entry.event_id for entry in rows.values())
    lost = [event_id for event_id in expected if not entries[event_id]]
    twice = [event_id for event_id, count in entries.items() if count > 1]
    other = [
        row.event_id
        for row in rows.values()
        if any(
            getattr(row, field.name) != getattr(expected.get(row.event_id), field.name, None)
            for field in fields(Entry)
        )
    ]
    wrong = [
        f"ledger: {len(ids):,} {words}, such as {', '.join(ids[:NAMED])}"
        for ids, words in ((lost, "events lost"), (twice, "events twice"), (other, "wrong entries"))
        if ids
    ]
    return len(lost), len(twice), wrong


def _figures(figures: Figures, events: Sequence[Event], settings: Settings) -> Iterator[str]:
    """Compare the published figures with the oracle's."""
    expected = expected_figures(events, settings.time_zone)
    wrong = figures.wrong(expected, figures.generation)
    if wrong:
        yield f"topics: {len(wrong):,} figures are not those of the oracle"
    for key, row, value in wrong[:NAMED]:
        yield f"topics: {key}: published {row}, expected {value}"


def _read_model(figures: Figures, settings: Settings) -> Iterator[str]:
    """Compare the tables of the database with the topics."""
    with _database(settings) as engine:
        tables = rows_of(engine)
    for record_type in READ:
        topic = {row.key(): row.to_dict() for row in figures.tables[record_type]}
        table = tables[record_type]
        keys = [key for key in topic.keys() | table.keys() if topic.get(key) != table.get(key)]
        if keys:
            yield f"read model: {len(keys):,} rows of {record_type.TOPIC} differ"
        for key in keys[:NAMED]:
            yield f"read model: {key}: has {table.get(key)}, the topic {topic.get(key)}"


def _quarantine(settings: Settings, books: Sequence[Book]) -> Iterator[str]:
    """Compare the quarantine with the bad records that were acknowledged."""
    expected = {at: reason for book in books for at, reason in book.refused.items()}
    uncertain = {value for book in books for value in book.uncertain}
    records = {
        RecordCoordinates(*received.record.key()): received.record
        for received in _messages(settings, QuarantinedRecord)
        if received.record is not None
    }
    reasons = {
        at: record.reason
        for at, record in records.items()
        if at in expected or record.raw_value not in uncertain
    }
    keys = sorted(
        at for at in expected.keys() | reasons.keys() if expected.get(at) != reasons.get(at)
    )
    if keys:
        yield f"quarantine: {len(keys):,} records differ"
    for at in keys[:NAMED]:
        yield f"quarantine: {at}: {reasons.get(at)}, expected {expected.get(at)}"


def _messages(settings: Settings, record_type: type[Record]) -> Iterator[Received]:
    """Yield all messages of a topic."""
    consumer = RecordConsumer(settings, [record_type], AUDIT_GROUP, {})
    with closing(consumer):
        counts = require_topics(consumer.consumer, [record_type.TOPIC])
        numbers = range(counts[record_type.TOPIC])
        consumer.assign(TopicPartition(record_type.TOPIC, number, 0) for number in numbers)
        while consumer.unread:
            yield from consumer.read(10_000, 0.2)
