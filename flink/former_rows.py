"""Rows that only a former state of the job had: deleted from the published topics.

A rebuilt state writes the row of each key that the events make. Other settings do not make every
key again, such as a business day in another time zone: without its deletion, that row would count.
A ledger entry has no generation. It is of a former state if the job does not read the topic that it
comes from: of the public topics, which the job reads without the gate, the gate refuses records.

A row of another writer may have a generation that no job can have. It is deleted, too, and the
job's own row of its key, which readers have ignored, is written again.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from confluent_kafka import (
    OFFSET_BEGINNING,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from connect.errors import UserError
from connect.kafka import JOB_GROUP, Admin, Partition
from connect.kafka_producer import KafkaProducer
from connect.part_log import LOG
from connect.record_consumer import Received, RecordConsumer
from connect.settings import Settings
from connect.topics import require_topics
from flink import source_topics
from flink.checkpoints import is_possible
from schemas import generated
from schemas.version import FIRST, Version, version_of

PUBLISHED = [
    record_type
    for record_type in (getattr(generated, name) for name in generated.__all__)
    if hasattr(record_type, "generation")
]
WRITTEN = [*PUBLISHED, generated.LedgerEntry]
"""Classes of the rows of keys that the job writes."""
BATCH = 10_000
READ_SECONDS = 0.1
POLL_SECONDS = 5.0


class _Row(NamedTuple):
    """A row as it stands in the topic."""

    version: Version
    value: bytes | None
    """None: it is deleted."""


DELETED = _Row(FIRST, None)


def delete_after_rebuild(
    settings: Settings, client: Admin, topics: list[str], generation: int
) -> int:
    """Wait until the job has published the rows of all events from before this call; see delete.

    topics: those that the job reads. Kafka's absence is waited out.
    """
    ends: dict[Partition, int] = {}
    while True:
        try:
            ends = ends or source_topics.end_offsets(client, topics)
            if source_topics.has_read(settings, client, ends):
                return delete(settings, generation)
        except (UserError, KafkaException) as error:
            LOG.warning(f"Rows of former states are not deleted yet: {error}")
        time.sleep(POLL_SECONDS)


def delete(settings: Settings, generation: int) -> int:
    """Delete the rows that the job of a generation has not written; return their number.

    Call it when the job has published the rows of all events from before its start. Raises
    UserError when the broker, the registry or a topic is missing, or refuses a deletion.
    """
    rows = _FormerRows(settings, generation)
    try:
        return sum(map(rows.delete_in, rows.partitions()))
    finally:
        rows.close()


class _FormerRows:
    """Reads one partition at a time to its end: the keys of one have to fit into memory."""

    def __init__(self, settings: Settings, generation: int) -> None:
        self._generation = generation
        self._sources = frozenset(source_topics.names(settings))
        self._topics = [settings.prefixed(each.TOPIC) for each in WRITTEN]
        self._consumer = RecordConsumer(settings, WRITTEN, JOB_GROUP, {"fetch.wait.max.ms": 20})
        self._producer = KafkaProducer(settings, {"on_delivery": self._delivered})
        self._ledger = settings.prefixed(generated.LedgerEntry.TOPIC)
        self._written = -1
        """Newest offset of this producer in the partition."""
        self._error: KafkaError | None = None

    def partitions(self) -> list[Partition]:
        counts = require_topics(self._consumer.consumer, self._topics)
        return [(topic, number) for topic, count in counts.items() for number in range(count)]

    def delete_in(self, partition: Partition) -> int:
        """Delete the rows in a partition that the job has not written; return their number."""
        newest: dict[bytes, Version] = {}
        strange: set[bytes] = set()
        for key, row in self._rows(partition):
            if row is DELETED or (partition[0] == self._ledger and self._is_own(row)):
                # The ledger has a key for each event: the job's own are too many to keep.
                newest.pop(key, None)
                strange.discard(key)
            elif self._is_strange(row):
                strange.add(key)
            else:
                newest[key] = max(row.version, newest.get(key, FIRST))
        own = {key for key, (generation, _) in newest.items() if generation >= self._generation}
        deleted = newest.keys() - own | strange
        self._write(partition, dict.fromkeys(deleted, DELETED))
        self._consumer.unassign(partition)
        if strange & own:
            self._restore(partition, strange & own)
        return len(deleted)

    def close(self) -> None:
        self._consumer.close()

    def _restore(self, partition: Partition, keys: set[bytes]) -> None:
        """Write the job's own rows of some keys again."""
        rows: dict[bytes, _Row] = {}
        for key, row in self._rows(partition):
            if key in keys and self._is_own(row):
                rows[key] = max(row, rows.get(key, DELETED))
        self._write(partition, rows)
        self._consumer.unassign(partition)

    def _rows(self, partition: Partition) -> Iterator[tuple[bytes, _Row]]:
        """Yield the rows of a partition with their keys; it stays assigned, at its end."""
        self._consumer.assign([TopicPartition(*partition, OFFSET_BEGINNING)])
        while partition in self._consumer.unread:
            yield from map(self._row, self._read())

    def _is_own(self, row: _Row) -> bool:
        return row.version[0] >= self._generation and not self._is_strange(row)

    def _is_strange(self, row: _Row) -> bool:
        return row.version[0] > self._generation and not is_possible(row.version[0])

    def _write(self, partition: Partition, rows: Mapping[bytes, _Row]) -> None:
        """Write rows. Where the job has just written a newer one of that key, write it again."""
        topic, number = partition
        while rows:
            right, last = dict(rows), dict(rows)
            self._written = offset = -1
            for key, row in rows.items():
                self._producer.send(topic, row.value, key, partition=number)
            self._flush(topic)
            while offset < self._written:
                for received in self._read():
                    offset = received.offset
                    key, row = self._row(received)
                    if key in right:
                        last[key] = row
                        if self._is_own(row) and row.version >= right[key].version:
                            right[key] = row
            rows = {key: row for key, row in right.items() if last[key] != row}

    def _read(self) -> list[Received]:
        received = self._consumer.read(BATCH, READ_SECONDS)
        return [each for each in received if each.record is not None or each.tombstone is not None]

    def _flush(self, topic: str) -> None:
        self._producer.flush()
        if self._error is not None:
            raise UserError(
                f"Kafka does not let the job delete rows of {topic} ({self._error.str()}): give it "
                "the job's permissions in docs/cluster-and-security.md."
            )

    def _row(self, received: Received) -> tuple[bytes, _Row]:
        message, record = received.message, received.record
        assert message is not None
        key = bytes(message.key() or b"")
        if record is None:
            return key, DELETED
        return key, _Row(self._version_of(record), bytes(message.value() or b""))

    def _version_of(self, record: Any) -> Version:
        if isinstance(record, generated.LedgerEntry):
            return (self._generation, 0) if record.source_topic in self._sources else FIRST
        return version_of(record)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        self._error = self._error or error
        self._written = max(self._written, int(message.offset() or 0))
