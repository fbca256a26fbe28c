"""Where the partitions of topics begin and end."""

from collections.abc import Iterable, Mapping

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS
from schemas.record import Record

Partition = tuple[str, int]
"""topic, partition"""
Ends = Mapping[Partition, int]
"""The offset behind the last record that is committed, of each partition."""


def places(kafka: AdminClient, kinds: Iterable[type[Record]]) -> list[Partition]:
    """Every partition of the topics. Raises UserError for a topic that is not there."""
    there = kafka.list_topics(timeout=ANSWER_SECONDS).topics
    found = []
    for kind in kinds:
        if kind.TOPIC not in there:
            raise UserError(f"Topic {kind.TOPIC} is not there: create it with `make schemas`.")
        found += [(kind.TOPIC, partition) for partition in there[kind.TOPIC].partitions]
    return found


def ends(kafka: AdminClient, partitions: Iterable[Partition]) -> dict[Partition, int]:
    return _offsets(kafka, partitions, OffsetSpec.latest())  # type: ignore[no-untyped-call]


def beginnings(kafka: AdminClient, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """The offset of the first record that is still there, of each partition."""
    return _offsets(kafka, partitions, OffsetSpec.earliest())  # type: ignore[no-untyped-call]


def _offsets(
    kafka: AdminClient, partitions: Iterable[Partition], spec: OffsetSpec
) -> dict[Partition, int]:
    asked = kafka.list_offsets(
        {TopicPartition(*place): spec for place in partitions},
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=ANSWER_SECONDS,
    )
    try:
        return {
            (place.topic, place.partition): answer.result().offset
            for place, answer in asked.items()
        }
    except KafkaException as error:
        raise UserError(
            f"Kafka does not say where its topics end ({error.args[0].str()}): see whether the "
            "broker is well, then try again."
        ) from None
