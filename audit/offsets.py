"""First and end offsets of the partitions of topics."""

from collections.abc import Iterable, Mapping

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS, Partition
from connect.topics import require_topics
from schemas.record import Record

Offsets = Mapping[Partition, int]


def partitions(admin: AdminClient, record_types: Iterable[type[Record]]) -> list[Partition]:
    """Return every partition of the topics. Raises UserError for a missing topic."""
    counts = require_topics(admin, [record_type.TOPIC for record_type in record_types])
    return [(topic, number) for topic, count in counts.items() for number in range(count)]


def end_offsets(admin: AdminClient, of: Iterable[Partition]) -> dict[Partition, int]:
    """Return the offset after the last committed record of each partition."""
    return _offsets(admin, of, OffsetSpec.latest())  # type: ignore[no-untyped-call]


def first_offsets(admin: AdminClient, of: Iterable[Partition]) -> dict[Partition, int]:
    """Return the offset of the first record that each partition still has."""
    return _offsets(admin, of, OffsetSpec.earliest())  # type: ignore[no-untyped-call]


def _offsets(admin: AdminClient, of: Iterable[Partition], spec: OffsetSpec) -> dict[Partition, int]:
    answers = admin.list_offsets(
        {TopicPartition(*partition): spec for partition in of},
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=ANSWER_SECONDS,
    )
    try:
        return {
            (partition.topic, partition.partition): answer.result().offset
            for partition, answer in answers.items()
        }
    except KafkaException as error:
        raise UserError(
            f"Kafka did not return the offsets of its topics ({error.args[0].str()}): check that "
            "the broker is healthy, then try again."
        ) from None
