"""What comes to the gate: the public topics as one consumer group, and how far it has got."""

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

from connect import kafka
from connect.errors import UserError
from connect.settings import GATE_GROUP, Settings
from gate.accepted_topics import accepted_topic

MOST_AT_ONCE = 1000
ANSWER_SECONDS = 10.0
ALONE_SECONDS = 60.0
"""Whoever is shut out twice within it is not the only one of its name."""
REFUSALS = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
)
Partition = tuple[str, int]
"""topic, partition"""


class _ShutOut(Exception):
    """Kafka takes no more from this consumer, as its name is another member's."""


class GateConsumer:
    """Gives messages in order, and commits what `passed` says.

    name: of this gate, unique among those that run. A gate of the same name takes over the
    partitions of one that crashed at once, instead of after the session has run out.
    settle: called before partitions go to another gate; everything passed must be delivered
    when it returns true.
    """

    def __init__(
        self, settings: Settings, name: str, topics: Iterable[str], settle: Callable[[], bool]
    ) -> None:
        self._accepted = {topic: accepted_topic(topic) for topic in topics}
        self._settle = settle
        self._passed: dict[Partition, int] = {}
        self.gone: set[Partition] = set()
        """Partitions that were taken away since the caller last looked."""
        self._shut_out_at = -inf
        self._config = {
            **kafka.client(settings),
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

    def take(self, seconds: float) -> list[Message]:
        """What is there, or the first that comes within so many seconds.

        Not one call of `consume`: it waits for the whole time unless its batch becomes full.
        """
        first = self._consumer.poll(seconds)
        if first is None:
            return []
        messages = (first, *self._consumer.consume(MOST_AT_ONCE - 1, 0))
        try:
            return [message for message in messages if _is_record(message)]
        except _ShutOut as error:
            self._join_again(str(error))
            return []

    def passed(self, place: Partition, message: Message) -> None:
        """Everything of this partition up to this message has been handed on."""
        self._passed[place] = message.offset() + 1  # type: ignore[operator]

    @property
    def uncommitted(self) -> bool:
        return bool(self._passed)

    def commit(self, wait: bool = False) -> None:
        """Commit what has passed, which must have been delivered."""
        offsets = [TopicPartition(*place, offset) for place, offset in self._passed.items()]
        self._passed.clear()
        try:
            if offsets and wait:
                self._consumer.commit(offsets=offsets, asynchronous=False)
            elif offsets:
                self._consumer.commit(offsets=offsets)
        except KafkaException as error:
            # Whoever is shut out is told so by `take`.
            if not _is_fatal(error.args[0]):
                _give_up_if_lasting(error.args[0], ", ".join(sorted({p.topic for p in offsets})))

    def pause(self, place: Partition) -> None:
        self._consumer.pause([TopicPartition(*place)])

    def resume(self, place: Partition) -> None:
        self._consumer.resume([TopicPartition(*place)])

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

    def _join_again(self, why: str) -> None:
        """Go on from what was committed; raises UserError when another takes the name again.

        A gate that was frozen for longer than its session may be shut out by a request of its own:
        the client asks twice to be taken back, and the second one takes the first one's place.
        """
        now = monotonic()
        if now - self._shut_out_at < ALONE_SECONDS:
            raise UserError(
                f"The gate was shut out of its group ({why}): another one of the same name runs; "
                "give each its own with --name."
            )
        self._shut_out_at = now
        self._passed.clear()
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
                f"The gate cannot begin, as Kafka refuses it ({error.args[0].str()}): see that the "
                f"broker is well and lets it read {names}, and the group {GATE_GROUP}."
            ) from None

    def _begin(self, partitions: list[TopicPartition]) -> None:
        """Begin at the committed offsets, or the first time at the beginning.

        Without offsets nobody can say what was accepted already, and older repeats are not
        recognised: accepting it again would count it twice.
        """
        new = [
            place
            for place in self._consumer.committed(partitions, timeout=ANSWER_SECONDS)
            if place.offset == OFFSET_INVALID
        ]
        for place in new:
            accepted = TopicPartition(self._accepted[place.topic], place.partition)
            _, end = self._consumer.get_watermark_offsets(accepted, timeout=ANSWER_SECONDS)
            if end:
                raise UserError(
                    f"Kafka has lost how far the gate got in {place.topic}, partition "
                    f"{place.partition}, and {accepted.topic} is not empty: set the offsets "
                    f"of the group {GATE_GROUP} by hand, or delete the accepted topics and start "
                    "again."
                )
            place.offset = 0
        if new:
            self._consumer.commit(offsets=new, asynchronous=False)
        self._consumer.incremental_assign(partitions)
        self._consumer.resume(partitions)

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._settle():
            self.commit(wait=True)
        self._forget(partitions)

    def _lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget(partitions)

    def _forget(self, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            place = partition.topic, partition.partition
            self._passed.pop(place, None)
            self.gone.add(place)


def place_of(message: Message) -> Partition:
    return message.topic(), message.partition()  # type: ignore[return-value]


def _is_record(message: Message) -> bool:
    error = message.error()
    if error is not None:
        if _is_fatal(error):
            raise _ShutOut(error.str())
        _give_up_if_lasting(error, message.topic() or "its topics")
    return error is None


def _is_fatal(error: KafkaError) -> bool:
    return bool(error.code() == KafkaError._FATAL or error.fatal())


def _give_up_if_lasting(error: KafkaError, topic: str) -> None:
    """Raises UserError for what does not pass by itself."""
    if error.code() in REFUSALS:
        raise UserError(
            f"Kafka does not let the gate read {topic} as the group {GATE_GROUP} "
            f"({error.str()}): create it with `make schemas`, or give the gate the permission."
        )
