"""First and end offsets of the partitions of topics."""

from collections.abc import Iterable, Mapping

from confluent_kafka import IsolationLevel, KafkaException
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.group_offsets import committed_offsets
from connect.kafka import ANSWER_SECONDS, GATE_GROUP, Admin, Partition
from connect.partition_offsets import END, FIRST, partition_offsets
from connect.settings import Settings
from connect.topics import require_topics
from schemas.record import Record

Offsets = Mapping[Partition, int]


def partitions(
    admin: AdminClient, record_types: Iterable[type[Record]], prefix: str = ""
) -> list[Partition]:
    """Return every partition of the topics; prefix: of their names, see Settings.

    Raises UserError for a missing topic.
    """
    counts = require_topics(admin, [prefix + record_type.TOPIC for record_type in record_types])
    return [(topic, number) for topic, count in counts.items() for number in range(count)]


def end_offsets(admin: AdminClient, of: Iterable[Partition]) -> dict[Partition, int]:
    """Return the offset after the last committed record of each partition."""
    return _offsets(admin, dict.fromkeys(of, END))


def judged_offsets(settings: Settings, admin: Admin, ends: Offsets) -> Offsets:
    """Return the end offsets, or where the gate is not that far yet, what it has committed.

    A record that waits for the gate is neither in quarantine nor counted.
    """
    if not settings.has_gate:
        return ends
    group = settings.prefixed(GATE_GROUP)
    try:
        committed = committed_offsets(admin, group, ends.keys(), ANSWER_SECONDS)
    except KafkaException as error:
        raise UserError(
            f"Kafka does not give the offsets of the group {group} ({error.args[0].str()}): "
            "`python -m contracts acls audit` prints what allows it."
        ) from None
    return {
        partition: min(end, committed[partition]) if committed[partition] >= 0 else end
        for partition, end in ends.items()
    }


def first_offsets(admin: AdminClient, of: Iterable[Partition]) -> dict[Partition, int]:
    """Return the offset of the first record that each partition still has."""
    return _offsets(admin, dict.fromkeys(of, FIRST))


def existing(admin: AdminClient, of: Iterable[Partition]) -> set[Partition]:
    """Return the partitions that exist."""
    topics = admin.list_topics(timeout=ANSWER_SECONDS).topics
    return {
        (topic, number)
        for topic, number in of
        if topic in topics and number in topics[topic].partitions
    }


def offsets_at(admin: AdminClient, times: Mapping[Partition, int | None]) -> dict[Partition, int]:
    """Return the offset of the first record at or after a time in milliseconds, else the end.

    0 for a partition with nothing before it; a time of None is after every record.
    """
    first, ends = first_offsets(admin, times), end_offsets(admin, times)
    specs = {
        partition: OffsetSpec.for_timestamp(time)
        for partition, time in times.items()
        if time is not None
    }
    at = _offsets(admin, specs)
    begins = {
        partition: ends[partition] if at.get(partition, -1) < 0 else at[partition]
        for partition in times
    }
    return {
        partition: begin if begin > first[partition] else 0 for partition, begin in begins.items()
    }


def _offsets(admin: AdminClient, specs: Mapping[Partition, OffsetSpec]) -> dict[Partition, int]:
    try:
        return partition_offsets(admin, specs, IsolationLevel.READ_COMMITTED)
    except KafkaException as error:
        raise UserError(
            f"Kafka did not return the offsets of its topics ({error.args[0].str()}): check that "
            "the broker is healthy, then try again."
        ) from None
