"""The offsets at which the gate starts to read: every record once, none skipped in silence."""

from collections.abc import Callable, Container, Mapping
from time import time
from typing import NamedTuple, Self

from confluent_kafka import OFFSET_INVALID, Consumer, Message, TopicPartition

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS, Partition
from connect.part_log import LOG
from connect.settings import PREFIX, SLACK_SECONDS

START_ANEW = (
    "delete the accepted topics, the offsets of the group and the job's checkpoints, all of them "
    f"together, and start again with {PREFIX}DEDUP_SECONDS=0: with only some of them deleted, "
    "records count twice or not at all, and without the setting, no count or order that is older "
    "than the dedup horizon counts (docs/quarantine.md)"
)
READ_AGAIN = (
    "set the group's offset of the partition to its first one (kafka-consumer-groups.sh "
    "--reset-offsets --to-earliest), and start again: what counts already does not count twice"
)
"""Within the dedup horizon the job knows what it has counted; of what is later, the gate asks the
ledger, or refuses it."""


class FirstReading(NamedTuple):
    """A gate's first reading of a partition, which its group keeps with each offset.

    Nothing was accepted before it: what the ledger has of its records comes from an accepted topic
    that is gone.
    """

    end: int = 0
    """Offset at which the partition ended when a gate first read it; 0: unknown."""
    committed_at: int = 0
    """Time of the commit, in seconds since 1970."""

    @classmethod
    def of(cls, start: TopicPartition) -> Self:
        """Read the metadata of a committed offset, which another tool may have written."""
        parts = (start.metadata or "").split()
        return cls(*map(int, parts)) if len(parts) == 2 and "".join(parts).isdecimal() else cls()

    def metadata(self) -> str:
        """Return the metadata of an offset that is committed now."""
        return f"{self.end} {time():.0f}"


def start_offsets(
    consumer: Consumer,
    partitions: list[TopicPartition],
    accepted: Mapping[str, str],
    group: str,
    with_records: Callable[[Mapping[Partition, range]], Container[Partition]],
) -> list[TopicPartition]:
    """Return the committed offsets, or on the very first start the partitions' first ones.

    accepted: public topic → accepted topic; with_records: see connect.record_before. Each has a
    FirstReading as its metadata. Raises UserError for a partition of which it is unknown what was
    accepted: to read it again is an operator's decision, as it may take long.
    """
    starts = []
    new = []
    for start in consumer.committed(partitions, timeout=ANSWER_SECONDS):
        if start.offset == OFFSET_INVALID:
            copy = TopicPartition(accepted[start.topic], start.partition)
            _, end = consumer.get_watermark_offsets(copy, timeout=ANSWER_SECONDS)
            if end:
                raise UserError(
                    f"Kafka has lost the offset of the group {group} in {start.topic}, partition "
                    f"{start.partition}, and {copy.topic} is not empty: {READ_AGAIN}."
                )
            first, end = consumer.get_watermark_offsets(start, timeout=ANSWER_SECONDS)
            metadata = FirstReading(end).metadata()
            new.append(TopicPartition(start.topic, start.partition, first, metadata))
            starts.append(new[-1])
        else:
            start.offset = offset_in_range(consumer, start)
            starts.append(start)
    _require_short_pauses(starts, with_records)
    if new:
        consumer.commit(offsets=new, asynchronous=False)
    return starts


def _require_short_pauses(
    starts: list[TopicPartition],
    with_records: Callable[[Mapping[Partition, range]], Container[Partition]],
) -> None:
    """Raise UserError after a long pause within the first reading.

    What was accepted and not committed before it is accepted again, and the job has forgotten it.
    The offsets that are left may be those of a transaction's marks: no record was accepted then.
    """
    left = {
        (start.topic, start.partition): range(start.offset, first.end)
        for start in starts
        if start.offset < (first := FirstReading.of(start)).end
        and time() - first.committed_at > SLACK_SECONDS
    }
    unread = with_records(left) if left else ()
    for topic, number in left:
        if (topic, number) in unread:
            raise UserError(
                f"The gate was down for more than {SLACK_SECONDS // 3600} hours before it had read "
                f"{topic}, partition {number}, for the first time: {START_ANEW}."
            )


def require_same_records(
    starts: list[TopicPartition],
    records_before: Callable[[Mapping[Partition, int]], Mapping[Partition, Message]],
) -> None:
    """Raise UserError for a partition whose records before the start are others than were read.

    It has lost its end and grown again. Each leader of a partition has its epoch, a broker that
    starts again, too, and the gate commits that of the last record with the offset. Kafka's client
    compares them only when the leader changes while it reads.
    """
    epochs = {
        (start.topic, start.partition): start.leader_epoch
        for start in starts
        if start.leader_epoch is not None and start.leader_epoch >= 0
    }
    offsets = {(at.topic, at.partition): at for at in starts if (at.topic, at.partition) in epochs}
    before = records_before({partition: at.offset for partition, at in offsets.items()})
    for partition, record in before.items():
        if record.leader_epoch() != epochs[partition]:
            raise _cut_off(offsets[partition], "another record stands before that")


def offset_in_range(consumer: Consumer, start: TopicPartition) -> int:
    """Return the offset, or the partition's first one when the records before that are gone.

    Raises UserError for an offset behind the partition's end.
    """
    first, end = consumer.get_watermark_offsets(start, timeout=ANSWER_SECONDS)
    if start.offset > end:
        raise _cut_off(start, f"it ends at {end}")
    if start.offset < first:
        LOG.warning(
            f"{start.topic}, partition {start.partition}: the records from offset {start.offset} "
            f"to {first - 1} were deleted before the gate read them; it goes on at {first}."
        )
    return max(start.offset, first)


def offset_after_reset(consumer: Consumer, position: TopicPartition, reason: str) -> int:
    """Return the offset to go on at when Kafka does not go on at a consumer's position.

    Raises UserError unless the records before the partition's first one were deleted: the partition
    may have grown again beyond the position, with other records.
    """
    offset = offset_in_range(consumer, position)
    if offset == position.offset:
        raise _cut_off(position, reason)
    return offset


def _cut_off(at: TopicPartition, reason: str) -> UserError:
    return UserError(
        f"The gate has read {at.topic}, partition {at.partition}, to offset {at.offset}, and "
        f"{reason}: it has lost records, or it was deleted and created again. Restore the topic, "
        f"or {READ_AGAIN}."
    )
