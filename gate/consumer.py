"""The gate's input: the public topics, read and committed as one consumer group."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from time import monotonic, sleep

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connect import kafka
from connect.errors import UserError
from connect.group_coordinator import BEGINNING
from connect.kafka import ANSWER_SECONDS, GATE_GROUP, Partition, client_config
from connect.record_before import records_before, with_records
from connect.settings import Settings
from connect.topics import require_topics
from connect.unreadable_batches import UnreadableBatch, UnreadableBatches, read_on
from gate.accepted_topics import accepted_topic
from gate.former_member import wait_for_end
from gate.start_offsets import (
    FirstReading,
    offset_after_reset,
    require_same_records,
    start_offsets,
)

BATCH = 1000
LARGEST_FETCH = 131_072
"""Bytes, packed, of an answer of more than one batch."""
SESSION_SECONDS = 6
FENCED_TWICE_SECONDS = 60.0
"""A gate that is fenced twice within this time shares its name with another one."""
LASTING = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
)
"""Errors that do not pass by themselves."""
WITHOUT_LEADER = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError._TRANSPORT,
    KafkaError._DESTROY_BROKER,
    KafkaError._TIMED_OUT,  # by a broker that hangs
    *BEGINNING,
)
"""Errors while the partitions or the group of a lost broker have no other one."""
LEADER_SECONDS, LEADER_POLL_SECONDS = 30.0, 0.5


BOUNDED_MEMORY = {
    "queued.max.messages.kbytes": 16_384,
    # The client unpacks all that one answer of the broker holds before it gives the first record.
    "fetch.max.bytes": LARGEST_FETCH,
    "message.max.bytes": LARGEST_FETCH,
    "max.partition.fetch.bytes": LARGEST_FETCH,
    # A batch of zstd that is larger unpacked is unreadable; other codecs have no limit.
    "receive.message.max.bytes": 64_000_000,
}


class _FencedError(Exception):
    """Another member has taken this consumer's name; Kafka rejects its requests."""


class GateConsumer:
    """Returns messages in order and commits the offsets that `processed` reports.

    name: unique among the gates that run (group.instance.id). A gate with the name of one that
    crashed takes over its partitions at once, instead of after the session time-out.
    flush: called before partitions are revoked; returns True when every processed message has been
    delivered.
    """

    def __init__(
        self, settings: Settings, name: str, topics: Iterable[str], flush: Callable[[], bool]
    ) -> None:
        self._accepted = {topic: accepted_topic(topic, settings.prefix) for topic in topics}
        self._flush = flush
        self._group = settings.prefixed(GATE_GROUP)
        self._processed: dict[Partition, Message | UnreadableBatch] = {}
        self.revoked: set[Partition] = set()
        """Partitions that were revoked since the caller last cleared it."""
        self._fenced_at = -inf
        self._reached: dict[Partition, int] = {}
        """Offset at which the gate began, or at which Kafka last had no more to give."""
        self._first_readings: defaultdict[Partition, FirstReading] = defaultdict(FirstReading)
        self._config = {
            **client_config(settings),
            "group.id": self._group,
            "group.instance.id": name,
            "session.timeout.ms": SESSION_SECONDS * 1000,
            "heartbeat.interval.ms": 2000,
            "partition.assignment.strategy": "cooperative-sticky",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            **BOUNDED_MEMORY,
        }
        admin = kafka.admin(settings)
        counts = require_topics(admin, self._accepted)
        every = {(topic, number) for topic, count in counts.items() for number in range(count)}
        wait_for_end(admin, self._group, name, every, SESSION_SECONDS + 1)
        self._before = partial(records_before, settings, GATE_GROUP)
        self._with_records = partial(with_records, settings, GATE_GROUP)
        self._unreadable = UnreadableBatches(self._config)
        self._consumer = self._join()

    def poll(self, seconds: float) -> list[Message | UnreadableBatch]:
        """Return the messages that are ready, or the first one within `seconds`.

        A batch that cannot be read is returned in its place. Not one call of `consume`, which waits
        for the whole time unless its batch is full.
        """
        first = self._consumer.poll(seconds)
        messages = [] if first is None else [first, *self._consumer.consume(BATCH - 1, 0)]
        try:
            ready = [message for message in messages if self._is_record(message)]
        except _FencedError as error:
            self._rejoin(str(error))
            return []
        return [*ready, *self._unreadable.passed(self._consumer)]

    def processed(self, partition: Partition, last: Message | UnreadableBatch) -> None:
        """Note that every message of the partition up to the last one was forwarded."""
        self._processed[partition] = last

    @property
    def uncommitted(self) -> bool:
        return bool(self._processed)

    def commit(self, wait: bool = False) -> None:
        """Commit the processed offsets; their messages must have been delivered."""
        offsets = [
            position_after(last, self._first_readings[partition])
            for partition, last in self._processed.items()
        ]
        self._processed.clear()
        try:
            if offsets and wait:
                self._consumer.commit(offsets=offsets, asynchronous=False)
            elif offsets:
                self._consumer.commit(offsets=offsets)
        except KafkaException as error:
            # `poll` handles a fenced consumer.
            if not _is_fatal(error.args[0]):
                topics = sorted({offset.topic for offset in offsets})
                self._raise_if_lasting(error.args[0], ", ".join(topics))

    def was_there_first(self, message: Message) -> bool:
        """Return True for a message that was in its partition when a gate first read that."""
        return int(message.offset() or 0) < self._first_readings[partition_of(message)].end

    def positions(self) -> dict[Partition, tuple[int, int]]:
        """Return (next offset, end) of each assigned partition, as far as Kafka has answered."""
        positions = {}
        for at in self._consumer.position(self._consumer.assignment()):
            partition = at.topic, at.partition
            _, end = self._consumer.get_watermark_offsets(at, cached=True)
            positions[partition] = max(at.offset, self._reached.get(partition, 0)), end
        return positions

    def pause(self, partition: Partition) -> None:
        self._consumer.pause([TopicPartition(*partition)])

    def resume(self, partition: Partition) -> None:
        self._consumer.resume([TopicPartition(*partition)])

    def close(self) -> None:
        self._consumer.close()
        self._unreadable.close()

    def _join(self) -> Consumer:
        consumer = Consumer(self._config)
        consumer.subscribe(
            list(self._accepted),
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._lost,
        )
        return consumer

    def _rejoin(self, reason: str) -> None:
        """Join the group again and go on from the committed offsets.

        After a freeze longer than the session time-out, librdkafka may send two join requests, of
        which the second fences the first. Raises UserError when it happens again at once: then
        another gate has the same name.
        """
        now = monotonic()
        if now - self._fenced_at < FENCED_TWICE_SECONDS:
            raise UserError(
                f"The gate was fenced ({reason}): another gate with the same name runs; give each "
                "its own with --name."
            )
        self._fenced_at = now
        self._processed.clear()
        self._forget(self._consumer.assignment())
        self._consumer.close()
        self._consumer = self._join()

    def _assigned(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        try:
            self._begin_with_leaders(partitions)
        except KafkaException as error:
            topics = sorted({partition.topic for partition in partitions})
            names = ", ".join(f"{topic} and {self._accepted[topic]}" for topic in topics)
            raise UserError(
                f"The gate cannot start, as Kafka refuses it ({error.args[0].str()}): check that "
                f"the broker is healthy and that the gate may read {names} as the group "
                f"{self._group}."
            ) from None

    def _begin_with_leaders(self, partitions: list[TopicPartition]) -> None:
        """Begin to read; where a broker was lost, wait until another leads its partitions."""
        until = monotonic() + LEADER_SECONDS
        while True:
            try:
                return self._begin(partitions)
            except KafkaException as error:
                if error.args[0].code() not in WITHOUT_LEADER or monotonic() > until:
                    raise
            sleep(LEADER_POLL_SECONDS)

    def _begin(self, partitions: list[TopicPartition]) -> None:
        starts = start_offsets(
            self._consumer, partitions, self._accepted, self._group, self._with_records
        )
        require_same_records(starts, self._before)
        self._reached |= {(start.topic, start.partition): start.offset for start in starts}
        self._first_readings |= {
            (start.topic, start.partition): FirstReading.of(start) for start in starts
        }
        self._consumer.incremental_assign(
            [TopicPartition(start.topic, start.partition, start.offset) for start in starts]
        )
        self._consumer.resume(starts)

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._flush():
            self.commit(wait=True)
        self._forget(partitions)

    def _lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget(partitions)

    def _forget(self, partitions: list[TopicPartition]) -> None:
        for each in partitions:
            partition = each.topic, each.partition
            self._processed.pop(partition, None)
            self.revoked.add(partition)
        self._unreadable.forget((each.topic, each.partition) for each in partitions)

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if _is_fatal(error):
            raise _FencedError(error.str())
        self._raise_if_lasting(error, message.topic() or "its topics")
        if error.code() == KafkaError._PARTITION_EOF:
            self._reached[partition_of(message)] = int(message.offset() or 0)
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._reset(partition_of(message), error.str())
        else:
            self._unreadable.report(self._consumer, message)
        return False

    def _reset(self, partition: Partition, reason: str) -> None:
        """Go on at the first record of a partition when those before it were deleted."""
        (at,) = self._consumer.position([TopicPartition(*partition)])
        if at.offset < 0:
            (at,) = self._consumer.committed([at], timeout=ANSWER_SECONDS)
        read_on(self._consumer, partition, offset_after_reset(self._consumer, at, reason))

    def _raise_if_lasting(self, error: KafkaError, topic: str) -> None:
        if error.code() in LASTING:
            raise UserError(
                f"Kafka does not let the gate read {topic} as the group {self._group} "
                f"({error.str()}): create it with `make schemas`, or give the gate the permission."
            )


def partition_of(message: Message | UnreadableBatch) -> Partition:
    if isinstance(message, UnreadableBatch):
        return message.partition
    return message.topic(), message.partition()  # type: ignore[return-value]


def position_after(last: Message | UnreadableBatch, first: FirstReading) -> TopicPartition:
    """Return the position after a message, with its leader epoch: see require_same_records."""
    metadata = first.metadata()
    if isinstance(last, UnreadableBatch):
        return TopicPartition(*last.partition, last.end, metadata)
    epoch, end = last.leader_epoch(), int(last.offset() or 0) + 1
    epoch = -1 if epoch is None else epoch
    return TopicPartition(*partition_of(last), end, metadata, epoch)


def _is_fatal(error: KafkaError) -> bool:
    return bool(error.code() == KafkaError._FATAL or error.fatal())
