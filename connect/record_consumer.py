"""Typed records out of topics, by assignment: every reader sees every record, nothing is committed.

The readers of views/ and audit/ share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from connect import registry
from connect.errors import UserError
from connect.kafka import Partition, admin, client_config
from connect.message_headers import UnreadableHeadersError, headers_of
from connect.schema_id_headers import SchemaIdHeaderError, framed
from connect.settings import Settings
from connect.unknown_schemas import remembering_unknown
from connect.unreadable_batches import UnreadableBatches
from schemas.record import Record
from schemas.wire import DecodeError, Decoder

NO_RECORD = (
    UnreadableHeadersError,
    SchemaIdHeaderError,
    DecodeError,
    registry.UnknownSchemaError,
)
"""Errors of a message that is no record."""
TOMBSTONE = "a tombstone"


class Tombstone(NamedTuple):
    """A message without a value: the record of its key is deleted."""

    record_type: type[Record]
    key: tuple[Any, ...]
    """As the record's key() returns it."""


class Received(NamedTuple):
    """One message with its coordinates."""

    topic: str
    partition: int
    offset: int
    record: Any
    """The record, not validated; None for a tombstone or a value that cannot be decoded."""
    reason: str = ""
    """The cause when there is no record."""
    tombstone: Tombstone | None = None
    timestamp: int = -1
    """Kafka's timestamp in milliseconds; -1: none."""
    message: Message | None = None
    """The message; None for one that the client cannot unpack."""


class RecordConsumer:
    """Reads partitions of the topics of some contracts.

    Raises UserError when no broker or registry answers.
    """

    def __init__(
        self,
        settings: Settings,
        record_types: Sequence[type[Record]],
        group: str,
        options: Mapping[str, Any],
    ) -> None:
        """options: further settings of the client, by librdkafka's names."""
        schemas = registry.client(settings)
        admin(settings)
        self._record_types = {settings.prefixed(each.TOPIC): each for each in record_types}
        text_of = remembering_unknown(partial(registry.schema_text, schemas))
        self._decoders: dict[str, Decoder[Any]] = {
            topic: Decoder(record_type, text_of)
            for topic, record_type in self._record_types.items()
        }
        self._ids_of_guids = {
            topic: remembering_unknown(
                partial(registry.schema_id_of_guid, schemas, settings.prefixed(each.VALUE_SUBJECT))
            )
            for topic, each in self._record_types.items()
        }
        config = {
            **client_config(settings),
            "group.id": settings.prefixed(group),
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            **options,
        }
        self.consumer = Consumer(config)
        self._unreadable = UnreadableBatches(config)
        self.unread: set[Partition] = set()
        """Assigned partitions whose end has not been reached yet."""
        self.ends: dict[Partition, int] = {}
        """Offset at which the end of a partition was last reached: after the marks of transactions,
        which are no messages."""

    def assign(self, starts: Iterable[TopicPartition]) -> None:
        """Read these partitions, too, from their offsets."""
        starts = list(starts)
        self.unread |= {(start.topic, start.partition) for start in starts}
        self.consumer.incremental_assign(starts)

    def unassign(self, partition: Partition) -> None:
        """Stop reading a partition."""
        self.unread.discard(partition)
        self._unreadable.forget([partition])
        self.consumer.incremental_unassign([TopicPartition(*partition)])

    def read(self, limit: int, seconds: float) -> list[Received]:
        """Return up to `limit` further messages, or fewer after `seconds`.

        What the client cannot unpack is returned without a record. Raises UserError for a topic
        that may not be read, or when the registry does not answer.
        """
        messages = self.consumer.consume(limit, seconds)
        received = [self._received(message) for message in messages if self._is_record(message)]
        for (topic, partition), first, end, reason in self._unreadable.passed(self.consumer):
            received += [Received(topic, partition, at, None, reason) for at in range(first, end)]
        return received

    def close(self) -> None:
        self.consumer.close()
        self._unreadable.close()

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        topic = str(message.topic())
        if error.code() == KafkaError._PARTITION_EOF:
            partition = topic, int(message.partition() or 0)
            self.unread.discard(partition)
            self.ends[partition] = int(message.offset() or 0)
        elif error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise UserError(
                f"Kafka does not let this client read topic {topic}: give it the permission."
            )
        else:
            self._unreadable.report(self.consumer, message)
        return False

    def _received(self, message: Message) -> Received:
        topic, value = str(message.topic()), message.value()
        coordinates = (topic, int(message.partition() or 0), int(message.offset() or 0))
        _, timestamp = message.timestamp()
        try:
            if value is None:
                key = self._decoders[topic].key(bytes(message.key() or b""))
                tombstone = Tombstone(self._record_types[topic], key)
                return Received(*coordinates, None, TOMBSTONE, tombstone, timestamp, message)
            framed_value = framed(value, headers_of(message), self._ids_of_guids[topic])
            record = self._decoders[topic].value(framed_value)
        except NO_RECORD as error:
            return Received(*coordinates, None, str(error), None, timestamp, message)
        return Received(*coordinates, record, "", None, timestamp, message)
