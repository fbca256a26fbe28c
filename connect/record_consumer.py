"""Typed records out of topics, by assignment: every reader sees every record, nothing is committed.

The readers of views/ and audit/ share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from connect import registry
from connect.errors import UserError
from connect.kafka import Partition, admin, client_config
from connect.settings import Settings
from schemas.record import Record
from schemas.wire import DecodeError, Decoder

TOMBSTONE = "a tombstone"


class Received(NamedTuple):
    """One message with its coordinates."""

    topic: str
    partition: int
    offset: int
    record: Any
    """The record, not validated; None for a tombstone or a value that cannot be decoded."""
    reason: str = ""
    """The cause when there is no record."""


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
        self._decoders: dict[str, Decoder[Any]] = {
            record_type.TOPIC: Decoder(
                record_type, lambda schema_id: registry.schema_text(schemas, schema_id)
            )
            for record_type in record_types
        }
        self.consumer = Consumer(
            {
                **client_config(settings),
                "group.id": group,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                **options,
            }
        )
        self.unread: set[Partition] = set()
        """Assigned partitions whose end has not been reached yet."""

    def assign(self, starts: Iterable[TopicPartition]) -> None:
        """Read these partitions, too, from their offsets."""
        starts = list(starts)
        self.unread |= {(start.topic, start.partition) for start in starts}
        self.consumer.incremental_assign(starts)

    def unassign(self, partition: Partition) -> None:
        """Stop reading a partition."""
        self.unread.discard(partition)
        self.consumer.incremental_unassign([TopicPartition(*partition)])

    def read(self, limit: int, seconds: float) -> list[Received]:
        """Return up to `limit` further messages, or fewer after `seconds`.

        Raises UserError for a topic that may not be read, or when the registry does not answer.
        """
        messages = self.consumer.consume(limit, seconds)
        return [self._received(message) for message in messages if self._is_record(message)]

    def close(self) -> None:
        self.consumer.close()

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        topic = str(message.topic())
        if error.code() == KafkaError._PARTITION_EOF:
            self.unread.discard((topic, int(message.partition() or 0)))
        elif error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise UserError(
                f"Kafka does not let this client read topic {topic}: give it the permission."
            )
        return False

    def _received(self, message: Message) -> Received:
        topic, value = str(message.topic()), message.value()
        coordinates = (topic, int(message.partition() or 0), int(message.offset() or 0))
        if value is None:
            return Received(*coordinates, None, TOMBSTONE)
        try:
            return Received(*coordinates, self._decoders[topic].value(bytes(value)))
        except (DecodeError, registry.UnknownSchemaError) as error:
            return Received(*coordinates, None, str(error))
