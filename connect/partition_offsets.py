"""Offsets of partitions, as Kafka answers: their first ones, their ends, or those of a time."""

from collections.abc import Mapping

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connect.kafka import ANSWER_SECONDS, Partition

FIRST, END = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]


def partition_offsets(
    client: AdminClient,
    specs: Mapping[Partition, OffsetSpec],
    isolation: IsolationLevel = IsolationLevel.READ_UNCOMMITTED,
) -> dict[Partition, int]:
    """Return the offset that each spec names, as a reader of that isolation has it.

    Raises KafkaException.
    """
    if not specs:
        return {}
    answers = client.list_offsets(
        {TopicPartition(*at): spec for at, spec in specs.items()},
        isolation_level=isolation,
        request_timeout=ANSWER_SECONDS,
    )
    return {(at.topic, at.partition): answer.result().offset for at, answer in answers.items()}
