"""Topics read from their beginning to a given end, with the place of every record."""

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Any, NamedTuple

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Message,
    TopicPartition,
)
from confluent_kafka.schema_registry import SchemaRegistryClient

from audit.offsets import Ends
from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from schemas.record import Record
from schemas.violations import ContractViolationError
from schemas.wire import DecodeError, Decoder

SILENT_SECONDS = 30.0
BATCH = 10_000


class Read(NamedTuple):
    """One record, or why it is none of its topic's contract."""

    topic: str
    partition: int
    offset: int
    record: Any
    """None when it is undecodable."""
    reason: str = ""


def read(
    settings: Settings, schemas: SchemaRegistryClient, kinds: Iterable[type[Record]], upto: Ends
) -> Iterator[Read]:
    """Every committed record of some contracts before the ends, each partition in its order.

    Raises UserError when nothing comes for SILENT_SECONDS.
    """
    decoders = {
        kind.TOPIC: Decoder(kind, lambda schema_id: registry.text(schemas, schema_id))
        for kind in kinds
    }
    unread = {place: end for place, end in upto.items() if place[0] in decoders and end}
    consumer = Consumer(
        {
            **kafka.client(settings),
            "group.id": "inventory-audit",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "queued.max.messages.kbytes": 16_384,
        }
    )
    try:
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in unread])
        heard = monotonic()
        while unread:
            messages = consumer.consume(BATCH, 0.2)
            if messages:
                heard = monotonic()
            elif monotonic() - heard > SILENT_SECONDS:
                raise UserError(
                    f"Kafka has sent nothing for {SILENT_SECONDS:.0f} s before the end of "
                    f"{', '.join(sorted({topic for topic, _ in unread}))} was reached: look at "
                    "it with `make status`, then try again."
                )
            for message in messages:
                place = (str(message.topic()), int(message.partition() or 0))
                if place not in unread:
                    continue
                error = message.error()
                offset = int(message.offset() or 0)
                if error is None and offset < unread[place]:
                    yield _read(decoders[place[0]], message, *place, offset)
                ended = error is not None and error.code() == KafkaError._PARTITION_EOF
                if ended or (error is None and offset >= unread[place] - 1):
                    del unread[place]
                    consumer.incremental_unassign([TopicPartition(*place)])
    finally:
        consumer.close()


def _read(decoder: Decoder[Any], message: Message, topic: str, partition: int, offset: int) -> Read:
    value = message.value()
    if value is None:
        return Read(topic, partition, offset, None, "a tombstone: nothing is ever deleted")
    try:
        record = decoder.value(bytes(value))
        record.validate()
    except (DecodeError, ContractViolationError, registry.UnknownSchemaError) as error:
        return Read(topic, partition, offset, None, str(error))
    return Read(topic, partition, offset, record)
