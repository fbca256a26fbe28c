"""The topics that the job reads: their identity, and offsets that no longer exist in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import (
    TIMESTAMP_LOG_APPEND_TIME,
    IsolationLevel,
    TopicCollection,
    TopicPartition,
)
from pyflink.datastream import StreamExecutionEnvironment

from connect import kafka
from connect.group_offsets import change_offsets, committed_offsets
from connect.kafka import ANSWER_SECONDS, JOB_GROUP, Admin, Partition
from connect.partition_offsets import END, FIRST, partition_offsets
from connect.record_before import records_before, with_records
from connect.settings import Settings
from connect.topics import require_topics
from flink.state_signature import SOURCE, operators
from schemas.generated import EVENTS

LARGEST_CLOCK_DIFFERENCE = 10.0
"""Seconds between the clocks of the broker and of this machine. A machine that has lost power takes
longer to come back and append again."""


def names(settings: Settings) -> list[str]:
    """Return the names of the topics that the job reads."""
    return [settings.topic_prefix + event.TOPIC for event in EVENTS]


def identity(client: Admin, topics: list[str]) -> dict[str, str]:
    """Return the ids of the Kafka cluster and of the topics.

    A topic that was deleted and created again has another id. Raises UserError for a missing topic.
    """
    require_topics(client, topics)
    described = client.describe_topics(TopicCollection(topics), request_timeout=ANSWER_SECONDS)
    ids = {f"topic {name}": str(topic.result().topic_id) for name, topic in described.items()}
    return {"Kafka cluster": kafka.cluster_id(client)} | ids


def lost_offsets(
    settings: Settings,
    client: Admin,
    topics: list[str],
    offsets: Mapping[Partition, int],
    written: float,
) -> list[str]:
    """Return the partitions, as topic-number, that have lost records that count.

    Where only a time tells, with the clocks, which may be the cause. offsets: those of the
    checkpoint; written: time of the newest one, in seconds since 1970. The partition has lost
    records that the job reads next, or its end, up to where the job has ever read it: from an older
    checkpoint, it reads that again. It may have grown again since.
    """
    first, end = first_offsets(client, topics), end_offsets(client, topics)
    reached = committed(settings, client, first)
    read = {at: max(offsets.get(at, 0), reached[at]) for at in first}
    lost = [at for at in first if first[at] > offsets.get(at, first[at]) or end[at] < read[at]]
    kept = {at: offset for at, offset in read.items() if offset > first[at] and at not in lost}
    # The last record that was read was there when the checkpoint was written: see log_times.
    ahead = {at: time - written for at, time in log_times(settings, kept).items()}
    return [f"{topic}-{number}" for topic, number in lost] + [
        f"{topic}-{number} (or the broker's clock is {seconds:.0f} s ahead of the checkpoint's)"
        for (topic, number), seconds in ahead.items()
        if seconds > LARGEST_CLOCK_DIFFERENCE
    ]


def log_times(settings: Settings, offsets: Mapping[Partition, int]) -> dict[Partition, float]:
    """Return when the broker has appended the record before each offset, in seconds since 1970.

    No time for a record with its producer's time, and for an offset without a record. Raises
    KafkaException when the broker does not answer.
    """
    times = {}
    for partition, message in records_before(settings, JOB_GROUP, offsets).items():
        kind, milliseconds = message.timestamp()
        if kind == TIMESTAMP_LOG_APPEND_TIME:
            times[partition] = milliseconds / 1000
    return times


def first_offsets(client: Admin, topics: list[str]) -> dict[Partition, int]:
    """Return the first offset of each partition."""
    return _offsets(client, topics, FIRST)


def end_offsets(
    client: Admin,
    topics: list[str],
    isolation: IsolationLevel = IsolationLevel.READ_UNCOMMITTED,
) -> dict[Partition, int]:
    """Return the end offset of each partition, as a reader of that isolation has it."""
    return _offsets(client, topics, END, isolation)


def commit(settings: Settings, client: Admin, offsets: Mapping[Partition, int]) -> None:
    """Commit offsets for the job, which does not run. Raises KafkaException."""
    partitions = [TopicPartition(*at, offset) for at, offset in offsets.items()]
    change_offsets(client, settings.prefixed(JOB_GROUP), partitions, ANSWER_SECONDS)


def has_read(settings: Settings, client: Admin, ends: Mapping[Partition, int]) -> bool:
    """Return True once the job has committed all records before these offsets: their rows are
    published.

    No reader commits the offset of a transaction's mark, with which a public topic may end.
    """
    reached = committed(settings, client, ends)
    spans = {at: range(max(reached[at], 0), end) for at, end in ends.items()}
    left = {at: span for at, span in spans.items() if span}
    return not left or (not settings.has_gate and not with_records(settings, JOB_GROUP, left))


def committed(
    settings: Settings, client: Admin, partitions: Iterable[Partition]
) -> dict[Partition, int]:
    """Return the job's committed offset of each partition, negative without a commit."""
    return committed_offsets(client, settings.prefixed(JOB_GROUP), list(partitions), ANSWER_SECONDS)


def _offsets(
    client: Admin,
    topics: list[str],
    spec: Any,
    isolation: IsolationLevel = IsolationLevel.READ_UNCOMMITTED,
) -> dict[Partition, int]:
    specs = {
        (topic, number): spec
        for topic, count in require_topics(client, topics).items()
        for number in range(count)
    }
    return partition_offsets(client, specs, isolation)


def fail_on_lost_offsets(environment: StreamExecutionEnvironment) -> None:
    """Let the attached Kafka sources fail at an offset that does not exist.

    Flink's connector derives auto.offset.reset from the startup mode, whatever the table's options
    say: its consumer would read the partition again from the beginning, and the job count twice.
    """
    for operator in operators(environment):
        if operator.getClass().getSimpleName() == SOURCE:
            source = operator.getSource()
            consumer = source.getClass().getDeclaredField("props")
            consumer.setAccessible(True)
            consumer.get(source).setProperty("auto.offset.reset", "none")
