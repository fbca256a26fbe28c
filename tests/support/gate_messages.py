"""Raw messages to the public topics, and what the gate has made of them."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.schema_registry import Schema

from connect import registry
from connect.registry import schema_text
from gate.accepted_topics import accepted_topic
from schemas.generated import EVENTS, QuarantinedRecord
from schemas.wire import Decoder
from stack.runtime import Stack

PUBLIC = [event.TOPIC for event in EVENTS]
ACCEPTED = {topic: accepted_topic(topic) for topic in PUBLIC}


def id_of(stack: Stack) -> Callable[[str, str], int]:
    schemas = registry.client(stack.settings)
    return lambda subject, text: schemas.register_schema(subject, Schema(text, "AVRO"))


class Sender:
    """Sends raw messages and keeps the coordinates of each."""

    def __init__(self, stack: Stack) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": stack.settings.kafka_servers,
                "partitioner": "murmur2_random",
                "linger.ms": 2,
                "message.max.bytes": 2_000_000,
            }
        )
        self.coordinates: dict[Any, tuple[str, int, int]] = {}

    def send(
        self, label: Any, topic: str, key: bytes | None, value: bytes | None, **options: Any
    ) -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            assert error is None, error
            self.coordinates[label] = (message.topic(), message.partition(), message.offset())  # type: ignore[assignment]

        self._producer.produce(topic, value, key, on_delivery=delivered, **options)
        self._producer.poll(0)

    def flush(self) -> None:
        assert self._producer.flush(30) == 0


def everything(stack: Stack, topic: str) -> list[Message]:
    """Read every message that a topic has now."""
    consumer = Consumer(
        {
            "bootstrap.servers": stack.settings.kafka_servers,
            "group.id": "tests",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
        }
    )
    unread = set(consumer.list_topics(topic).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in unread])
    messages: list[Message] = []
    while unread:
        for message in consumer.consume(10_000, 0.2):
            error = message.error()
            if error is None:
                messages.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                unread.discard(int(message.partition() or 0))
    consumer.close()
    return messages


def quarantined(stack: Stack) -> list[QuarantinedRecord]:
    schemas = registry.client(stack.settings)
    decoder = Decoder(QuarantinedRecord, lambda schema_id: schema_text(schemas, schema_id))
    return [decoder.value(m.value() or b"") for m in everything(stack, QuarantinedRecord.TOPIC)]


def by_coordinates(
    records: list[QuarantinedRecord],
) -> dict[tuple[str, int, int], QuarantinedRecord]:
    return {record.key(): record for record in records}


def event_ids(stack: Stack, topic: str) -> list[bytes]:
    """Return the event ids of shipments in a topic, in order for each partition."""
    return [event_id(m) for m in everything(stack, topic)]


def event_id(message: Message) -> bytes:
    value = message.value() or b""
    return value[6 : 6 + (value[5] >> 1)]
