"""Follow the topics of the read model and write their rows, batch after batch."""

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from time import monotonic

from confluent_kafka import TopicPartition
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from connect.kafka import VIEWS_GROUP, Partition, admin
from connect.record_consumer import RecordConsumer
from connect.settings import Settings
from schemas.avro.encode import EPOCH, MILLISECOND
from schemas.clock import utc_now
from schemas.record import Record
from views.beginning import begin
from views.database import delays, read_offsets
from views.database.conflation import Batch, Changes
from views.database.engine import writing
from views.database.expiry import EXPIRES, delete_expired, drop_expired
from views.database.read_offsets import Positions, of_topic
from views.database.tables import CURRENT, HISTORY, TABLES
from views.database.write import write
from views.starts import Start, start_of
from views.topic_facts import LATEST, offsets_of, topic_facts

LIMIT, HISTORY_LIMIT = 10_000, 5_000
"""Records of a transaction: those of pages' current figures, and of history, whose backlog delays
no level."""
SECONDS = 0.1
"""Time for which records are collected into one transaction."""
ENDS_SECONDS, FACTS_SECONDS, EXPIRY_SECONDS = 0.5, 5.0, 60.0
"""Intervals between two looks at the ends of partitions, at the topics, and for expired rows."""
CONSUMER = {
    "fetch.wait.max.ms": 20,
    # For each of some forty partitions; 64 MB by default.
    "queued.max.messages.kbytes": 4096,
}
LAST_TIMESTAMP = 253_402_300_799_999
"""The last millisecond of the year 9999."""
TOO_LONG = "54"
"""Class of PostgreSQL's errors for what exceeds a limit, such as a text too long for an index."""
Derive = Callable[[Connection, Mapping[type[Record], Changes], Positions], None]
"""Writes rows that are computed from others, in the transaction of their changes."""


class TopicChangedError(Exception):
    """A topic is not the one that was read, or there is one more: begin again."""


class Follower:
    """One attempt to follow the topics; after any error, another one goes on from the database."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        derive: Derive,
        record_types: Collection[type[Record]] = tuple(TABLES),
    ) -> None:
        """Raises UserError when Kafka or the registry does not answer, or the database is that of
        another installation."""
        self._engine, self._derive = engine, derive
        self._types = {settings.prefixed(each.TOPIC): each for each in record_types}
        self._client = admin(settings)
        self._facts = topic_facts(self._client, self._types)
        with writing(engine) as connection:
            self.positions, self._rereads = begin(connection, self._types, self._facts)
        self._current, self._history = (
            RecordConsumer(
                settings, [each for each in record_types if each in part], VIEWS_GROUP, CONSUMER
            )
            for part in (CURRENT, HISTORY)
        )
        self._ends = ChainMap(self._current.ends, self._history.ends)
        self._assign(self._current, CURRENT)
        self._reads_history = self._is_behind = False
        self._answers: dict[Partition, tuple[int, datetime]] = {}
        """Ends that are not reached yet, and the times at which Kafka had them."""
        self._looked = self._checked = monotonic()
        self._expired = 0.0

    def close(self) -> None:
        self._current.close()
        self._history.close()

    def step(self) -> None:
        """Read and write the next batch.

        Raises UserError or DBAPIError when Kafka, the registry or the database does not answer,
        TopicChangedError and OvertakenError when reading has to begin again.
        """
        if not self._reads_history and not self._current.unread:
            self._assign(self._history, HISTORY)
            self._reads_history = True
        received = self._current.read(LIMIT, 0 if self._is_behind else SECONDS)
        history = self._history.read(HISTORY_LIMIT, 0)
        self._is_behind = len(history) == HISTORY_LIMIT
        received += history
        if monotonic() - self._looked >= ENDS_SECONDS:
            self._look()
        batch = Batch(received)
        try:
            self._commit(batch)
        except (StatementError, ArithmeticError) as error:
            # A value that the database cannot hold is one that the contract does not allow.
            valid = Batch(received, valid_only=True)
            if not _is_of_a_value(error) or valid.undecodable == batch.undecodable:
                raise
            self._commit(valid)

    def _assign(self, consumer: RecordConsumer, record_types: Collection[type[Record]]) -> None:
        consumer.assign(
            TopicPartition(*partition, position.next_offset)
            for partition, position in self.positions.items()
            if self._types[partition[0]] in record_types
        )

    def _commit(self, batch: Batch) -> None:
        after = self._after(batch)
        complete = [
            topic
            for topic, reread in self._rereads.items()
            if reread.is_complete(of_topic(self.positions | after, topic))
        ]
        for topic in complete:
            for number, position in of_topic(self.positions | after, topic).items():
                after[topic, number] = position._replace(rereading=False)
        if not after:
            return
        earliest = self._earliest(self.positions | after)
        with writing(self._engine) as connection:
            read_offsets.save(connection, self.positions, after)
            for topic, reread in self._rereads.items():
                if (changes := batch.changes.get(self._types[topic])) is not None:
                    reread.add(changes)
            drop_expired(batch.changes, earliest)
            write(connection, batch.changes)
            for topic in complete:
                self._rereads[topic].delete_missing(connection)
            if monotonic() - self._expired > EXPIRY_SECONDS:
                delete_expired(connection, earliest)
                delays.delete_old(connection, utc_now())
                self._expired = monotonic()
            self._derive(connection, batch.changes, self.positions | after)
        self.positions |= after
        for topic in complete:
            del self._rereads[topic]

    def _after(self, batch: Batch) -> Positions:
        """Return the positions that differ after a batch."""
        after: Positions = {}
        for partition, before in self.positions.items():
            reached = max(
                before.next_offset,
                batch.next_offsets.get(partition, 0),
                # Records of transactions that were aborted, and marks of their ends, have offsets.
                self._ends.get(partition, 0),
            )
            position = before._replace(
                next_offset=reached,
                end_offset=max(before.end_offset, reached),
                undecodable=before.undecodable + batch.undecodable[partition],
            )
            if partition in batch.newest_at:
                newest = _moment(batch.newest_at[partition])
                position = position._replace(newest_at=max(before.newest_at or newest, newest))
            end, at = self._answers.get(partition, (0, None))
            if at is not None and reached >= end:
                del self._answers[partition]
                position = position._replace(read_at=at, complete=True)
            if position != before:
                after[partition] = position
        return after

    def _look(self) -> None:
        """Ask Kafka for the ends of the partitions, and at times for the topics."""
        now = utc_now()
        ends = offsets_of(self._client, list(self.positions), LATEST)
        self._looked = monotonic()
        for partition, end in ends.items():
            position = self.positions[partition]
            if end < position.next_offset:
                raise TopicChangedError(f"{partition[0]} has fewer records than were read.")
            self._answers.setdefault(partition, (end, now))
        if self._looked - self._checked >= FACTS_SECONDS:
            self._checked = self._looked
            self._check(now)

    def _check(self, now: datetime) -> None:
        facts = topic_facts(self._client, self._types)
        if facts.keys() != self._facts.keys():
            raise TopicChangedError("A topic was created or deleted.")
        for topic, of_now in facts.items():
            positions = {
                number: position._replace(read_at=now, rereading=False)
                for number, position in of_topic(self.positions, topic).items()
            }
            if start_of(positions, of_now, now) != Start.GO_ON or len(of_now.ends) > len(positions):
                raise TopicChangedError(f"{topic} was emptied, enlarged or created again.")

    def _earliest(self, positions: Positions) -> dict[type[Record], datetime]:
        """Return the time before which rows of a table have expired.

        Nothing is older than the newest record says: a clock that is ahead deletes no row.
        """
        newest = [at for position in positions.values() if (at := position.newest_at)]
        now = min(utc_now(), max(newest, default=EPOCH))
        retentions: dict[type[Record], timedelta | None] = {
            self._types[topic]: facts.retention for topic, facts in self._facts.items()
        }
        return {
            record_type: now - retention
            for record_type, retention in retentions.items()
            if retention is not None and record_type in EXPIRES
        }


def _is_of_a_value(error: Exception) -> bool:
    """Return False for an error that passes, such as that of a lost connection or a full disk."""
    if not isinstance(error, DBAPIError) or isinstance(error, (DataError, IntegrityError)):
        return True
    return str(getattr(error.orig, "sqlstate", None)).startswith(TOO_LONG)


def _moment(timestamp: int) -> datetime:
    """Return the time of Kafka's timestamp, which a producer may set to any number."""
    return EPOCH + min(timestamp, LAST_TIMESTAMP) * MILLISECOND
