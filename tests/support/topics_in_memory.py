"""Topics in memory, in place of Kafka and the registry, for the process of the read model."""

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import TopicPartition

from connect.errors import UserError
from connect.kafka import Partition
from connect.record_consumer import TOMBSTONE, Received, Tombstone
from connect.settings import Settings
from schemas.record import Record
from views import follower
from views.database.tables import TABLES
from views.topic_facts import TopicFacts

Message = Record | Tombstone | bytes
"""A record, a tombstone, or bytes that are no record."""
PARTITIONS = 2


@dataclass
class Topic:
    """One topic: offset -> message, for each partition."""

    record_type: type[Record]
    topic_id: str = field(default_factory=lambda: str(uuid4()))
    partitions: list[dict[int, Message]] = field(
        default_factory=lambda: [{} for _ in range(PARTITIONS)]
    )
    starts: list[int] = field(default_factory=lambda: [0] * PARTITIONS)
    ends: list[int] = field(default_factory=lambda: [0] * PARTITIONS)
    policies: frozenset[str] = frozenset({"compact"})
    retention: timedelta | None = None
    appended_at: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    """Kafka's time of the record at offset 0; each further one is a millisecond later."""

    def append(self, message: Message) -> None:
        """Append to the partition of the key."""
        if isinstance(message, bytes):
            key: tuple[Any, ...] = ()
        else:
            key = message.key if isinstance(message, Tombstone) else message.key()
        number = sum(map(ord, str(key))) % len(self.partitions)
        self.partitions[number][self.ends[number]] = message
        self.ends[number] += 1


class Topics:
    """The topics of the read model, of one Kafka cluster."""

    def __init__(self, settings: Settings, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.topics = {settings.prefixed(each.TOPIC): Topic(each) for each in TABLES}
        self._of = {topic.record_type: name for name, topic in self.topics.items()}

    def of(self, record_type: type[Record]) -> Topic:
        return self.topics[self._of[record_type]]

    def send(self, *messages: Record | Tombstone) -> None:
        for message in messages:
            record_type = message.record_type if isinstance(message, Tombstone) else type(message)
            self.of(record_type).append(message)

    def create_again(self, record_type: type[Record]) -> None:
        """Delete a topic and create it again, empty."""
        self.topics[self._of[record_type]] = Topic(record_type)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let followers read these topics."""
        monkeypatch.setattr(follower, "admin", lambda _: None)
        monkeypatch.setattr(follower, "topic_facts", self.facts)
        monkeypatch.setattr(follower, "offsets_of", self.ends)
        monkeypatch.setattr(follower, "RecordConsumer", lambda *_: Consumer(self))
        monkeypatch.setattr(follower, "ENDS_SECONDS", 0)
        monkeypatch.setattr(follower, "FACTS_SECONDS", 0)

    def facts(self, _client: object, names: Iterable[str]) -> dict[str, TopicFacts]:
        return {
            name: TopicFacts(
                topic.topic_id,
                dict(enumerate(topic.starts)),
                dict(enumerate(topic.ends)),
                topic.policies,
                topic.retention,
                timedelta(days=1),
            )
            for name in names
            if (topic := self.topics.get(name)) is not None
        }

    def ends(
        self, _client: object, partitions: Collection[Partition], _which: object
    ) -> Mapping[Partition, int]:
        missing = {name for name, _ in partitions} - self.topics.keys()
        if missing:
            raise UserError(f"Kafka does not answer this client: Unknown topic {missing.pop()}.")
        return {(name, number): self.topics[name].ends[number] for name, number in partitions}


class Consumer:
    """In place of a RecordConsumer: a random number of messages of a random partition each time."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self.positions: dict[Partition, int] = {}
        self.unread: set[Partition] = set()
        self.ends: dict[Partition, int] = {}

    def assign(self, starts: Iterable[TopicPartition]) -> None:
        for start in starts:
            self.positions[start.topic, start.partition] = start.offset
            self.unread.add((start.topic, start.partition))

    def read(self, limit: int, seconds: float) -> list[Received]:  # noqa: ARG002
        chance = self._topics.chance
        received = []
        for partition in chance.sample(sorted(self.positions), len(self.positions)):
            received += self.read_partition(partition, chance.randint(0, 3))
        return received

    def read_partition(self, partition: Partition, limit: int) -> list[Received]:
        """Return up to `limit` further messages of one partition."""
        name, number = partition
        topic = self._topics.topics.get(name)
        if topic is None:
            return []
        at = max(self.positions[partition], topic.starts[number])
        to = min(at + limit, topic.ends[number])
        self.positions[partition] = to
        if to == topic.ends[number]:
            self.unread.discard(partition)
            self.ends[partition] = to
        return [
            _received(name, number, offset, topic)
            for offset in range(at, to)
            if offset in topic.partitions[number]
        ]

    def close(self) -> None:
        pass


def _received(name: str, number: int, offset: int, topic: Topic) -> Received:
    message = topic.partitions[number][offset]
    at = int(topic.appended_at.timestamp() * 1000) + offset
    if isinstance(message, bytes):
        return Received(name, number, offset, None, "no record", None, at)
    if isinstance(message, Tombstone):
        return Received(name, number, offset, None, TOMBSTONE, message, at)
    return Received(name, number, offset, message, "", None, at)
