"""The gate's input: the public topics, read and committed as one consumer group."""

from collections.abc import Callable, Iterable
from math import inf
from time import monotonic

from confluent_kafka import (
    OFFSET_INVALID,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from connect.errors import UserError
from connect.kafka import GATE_GROUP, Partition, client_config
from connect.settings import Settings
from gate.accepted_topics import accepted_topic

BATCH = 1000
ANSWER_SECONDS = 10.0
FENCED_TWICE_SECONDS = 60.0
"""A gate that is fenced twice within this time shares its name with another one."""
LASTING = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
)
"""Errors that do not pass by themselves."""


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
        self._accepted = {topic: accepted_topic(topic) for topic in topics}
        self._flush = flush
        self._processed: dict[Partition, int] = {}
        self.revoked: set[Partition] = set()
        """Partitions that were revoked since the caller last cleared it."""
        self._fenced_at = -inf
        self._config = {
            **client_config(settings),
            "group.id": GATE_GROUP,
            "group.instance.id": name,
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 2000,
            "partition.assignment.strategy": "cooperative-sticky",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "queued.max.messages.kbytes": 16_384,
        }
        self._consumer = self._join()

    def poll(self, seconds: float) -> list[Message]:
        """Return the messages that are ready, or the first one within `seconds`.

        Not one call of `consume`, which waits for the whole time unless its batch is full.
        """
        first = self._consumer.poll(seconds)
        if first is None:
            return []
        messages = (first, *self._consumer.consume(BATCH - 1, 0))
        try:
            return [message for message in messages if _is_record(message)]
        except _FencedError as error:
            self._rejoin(str(error))
            return []

    def processed(self, partition: Partition, message: Message) -> None:
        """Note that every message of the partition up to this one was forwarded."""
        self._processed[partition] = message.offset() + 1  # type: ignore[operator]

    @property
    def uncommitted(self) -> bool:
        return bool(self._processed)

    def commit(self, wait: bool = False) -> None:
        """Commit the processed offsets; their messages must have been delivered."""
        offsets = [TopicPartition(*partition, end) for partition, end in self._processed.items()]
        self._processed.clear()
        try:
            if offsets and wait:
                self._consumer.commit(offsets=offsets, asynchronous=False)
            elif offsets:
                self._consumer.commit(offsets=offsets)
        except KafkaException as error:
            # `poll` handles a fenced consumer.
            if not _is_fatal(error.args[0]):
                _raise_if_lasting(error.args[0], ", ".join(sorted({p.topic for p in offsets})))

    def pause(self, partition: Partition) -> None:
        self._consumer.pause([TopicPartition(*partition)])

    def resume(self, partition: Partition) -> None:
        self._consumer.resume([TopicPartition(*partition)])

    def close(self) -> None:
        self._consumer.close()

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
            self._begin(partitions)
        except KafkaException as error:
            topics = sorted({partition.topic for partition in partitions})
            names = ", ".join(f"{topic} and {self._accepted[topic]}" for topic in topics)
            raise UserError(
                f"The gate cannot start, as Kafka refuses it ({error.args[0].str()}): check that "
                f"the broker is healthy and that the gate may read {names} as the group "
                f"{GATE_GROUP}."
            ) from None

    def _begin(self, partitions: list[TopicPartition]) -> None:
        """Start at the committed offsets, or at the beginning on the very first start.

        Without committed offsets beside accepted records it is unknown what was accepted, and
        repeats older than the dedup horizon are not recognised: they would count twice.
        """
        new = [
            partition
            for partition in self._consumer.committed(partitions, timeout=ANSWER_SECONDS)
            if partition.offset == OFFSET_INVALID
        ]
        for partition in new:
            accepted = TopicPartition(self._accepted[partition.topic], partition.partition)
            _, end = self._consumer.get_watermark_offsets(accepted, timeout=ANSWER_SECONDS)
            if end:
                raise UserError(
                    f"Kafka has lost the gate's offset in {partition.topic}, partition "
                    f"{partition.partition}, and {accepted.topic} is not empty: set the offsets "
                    f"of the group {GATE_GROUP} by hand, or delete the accepted topics and start "
                    "again."
                )
            partition.offset = 0
        if new:
            self._consumer.commit(offsets=new, asynchronous=False)
        self._consumer.incremental_assign(partitions)
        self._consumer.resume(partitions)

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


def partition_of(message: Message) -> Partition:
    return message.topic(), message.partition()  # type: ignore[return-value]


def _is_record(message: Message) -> bool:
    error = message.error()
    if error is not None:
        if _is_fatal(error):
            raise _FencedError(error.str())
        _raise_if_lasting(error, message.topic() or "its topics")
    return error is None


def _is_fatal(error: KafkaError) -> bool:
    return bool(error.code() == KafkaError._FATAL or error.fatal())


def _raise_if_lasting(error: KafkaError, topic: str) -> None:
    if error.code() in LASTING:
        raise UserError(
            f"Kafka does not let the gate read {topic} as the group {GATE_GROUP} "
            f"({error.str()}): create it with `make schemas`, or give the gate the permission."
        )
