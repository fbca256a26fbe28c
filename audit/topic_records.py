"""Topics read from their beginning to given end offsets, with the coordinates of every record."""

from collections.abc import Iterator, Sequence
from time import monotonic

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

from audit.offsets import Offsets
from connect.errors import UserError
from connect.kafka import AUDIT_GROUP
from connect.record_consumer import Received, RecordConsumer
from connect.settings import Settings
from schemas.generated import EVENTS
from schemas.record import Record
from schemas.violations import ContractViolationError

SILENT_SECONDS = 30.0
"""Time without a record after which reading is given up."""
BATCH = 10_000


def read(
    settings: Settings, record_types: Sequence[type[Record]], end_offsets: Offsets
) -> Iterator[Received]:
    """Yield every committed record before the end offsets, each partition in its order.

    A published record that breaks its contract is received without the record and with the reason.
    An event is not validated: the limits may have changed since it was accepted. Raises UserError
    when no record arrives for SILENT_SECONDS.
    """
    topics = {settings.prefixed(record_type.TOPIC) for record_type in record_types}
    ends = {
        partition: end for partition, end in end_offsets.items() if partition[0] in topics and end
    }
    consumer = RecordConsumer(
        settings, record_types, AUDIT_GROUP, {"queued.max.messages.kbytes": 16_384}
    )
    try:
        consumer.assign(TopicPartition(*partition, OFFSET_BEGINNING) for partition in ends)
        received_at = monotonic()
        while ends:
            batch = consumer.read(BATCH, 0.2)
            for received in batch:
                partition = (received.topic, received.partition)
                if partition not in ends:
                    continue
                if received.offset < ends[partition]:
                    yield _validated(received)
                if received.offset >= ends[partition] - 1:
                    del ends[partition]
                    consumer.unassign(partition)
            for partition in ends.keys() - consumer.unread:
                del ends[partition]
                consumer.unassign(partition)
            if batch:
                received_at = monotonic()
            elif ends and monotonic() - received_at > SILENT_SECONDS:
                raise UserError(
                    f"Kafka has sent no record for {SILENT_SECONDS:.0f} s before the end of "
                    f"{', '.join(sorted({topic for topic, _ in ends}))} was reached: see "
                    "`make status`, then try again."
                )
    finally:
        consumer.close()


def _validated(received: Received) -> Received:
    if received.record is None or isinstance(received.record, EVENTS):
        return received
    try:
        received.record.validate()
    except ContractViolationError as error:
        return received._replace(record=None, reason=str(error))
    return received
