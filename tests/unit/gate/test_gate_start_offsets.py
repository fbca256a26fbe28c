"""The gate starts at every record once, and says so when it cannot."""

from collections.abc import Container, Mapping
from time import time
from typing import Any

import pytest
from confluent_kafka import OFFSET_INVALID, TopicPartition

import gate.start_offsets
from connect.errors import UserError
from connect.kafka import Partition
from connect.settings import SLACK_SECONDS
from gate.consumer import position_after
from gate.start_offsets import (
    FirstReading,
    offset_after_reset,
    offset_in_range,
    require_same_records,
    start_offsets,
)

ACCEPTED = {"shipments": "accepted-shipments"}


class FakeConsumer:
    """committed: the group's offset; the others: (first, end) of a topic's only partition."""

    def __init__(
        self,
        committed: int,
        public: tuple[int, int],
        accepted: tuple[int, int],
        metadata: str = "",
    ) -> None:
        self._committed, self._metadata = committed, metadata
        self._offsets = {"shipments": public, "accepted-shipments": accepted}
        self.commits: list[int] = []
        self.first_ends: list[int] = []

    def committed(self, partitions: list[TopicPartition], **_: Any) -> list[TopicPartition]:
        return [
            TopicPartition(p.topic, p.partition, self._committed, self._metadata)
            for p in partitions
        ]

    def get_watermark_offsets(self, partition: TopicPartition, **_: Any) -> tuple[int, int]:
        return self._offsets[partition.topic]

    def commit(self, offsets: list[TopicPartition], **_: Any) -> None:
        self.commits += [each.offset for each in offsets]
        self.first_ends += [FirstReading.of(each).end for each in offsets]


def started(consumer: Any, records: Container[int] = range(100)) -> int:
    """Return the offset of the start. records: offsets of the public topic that have a record."""

    def with_records(offsets: Mapping[Partition, range]) -> set[Partition]:
        return {each for each, left in offsets.items() if any(at in records for at in left)}

    partitions = [TopicPartition("shipments", 0)]
    (start,) = start_offsets(consumer, partitions, ACCEPTED, "inventory-gate", with_records)
    return start.offset


def test_the_gate_goes_on_where_it_stopped() -> None:
    assert started(FakeConsumer(7, (0, 10), (0, 7))) == 7
    assert started(FakeConsumer(10, (0, 10), (0, 10))) == 10


def test_at_the_very_first_start_it_begins_with_the_first_record() -> None:
    consumer = FakeConsumer(OFFSET_INVALID, (4, 10), (0, 0))
    assert started(consumer) == 4
    assert consumer.commits == [4]
    assert consumer.first_ends == [10]


@pytest.mark.parametrize("metadata", ["", "of another tool", "1 2 3", "7"])
def test_an_offset_that_another_tool_committed_is_of_no_first_reading(metadata: str) -> None:
    assert FirstReading.of(TopicPartition("shipments", 0, 7, metadata)) == FirstReading()
    assert started(FakeConsumer(7, (0, 10), (0, 7), metadata)) == 7


def test_a_long_pause_within_the_first_reading_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job would count again what was accepted just before it."""
    now = 1_800_000_000
    monkeypatch.setattr(gate.start_offsets, "time", lambda: now)
    metadata = FirstReading(10).metadata()
    now += SLACK_SECONDS
    assert started(FakeConsumer(7, (0, 20), (0, 7), metadata)) == 7
    now += 1
    assert started(FakeConsumer(10, (0, 20), (0, 7), metadata)) == 10
    with pytest.raises(UserError, match="partition 0, for the first time: delete the ac") as error:
        started(FakeConsumer(9, (0, 20), (0, 7), metadata))
    assert "INVENTORY_DEDUP_SECONDS=0" in error.value.message, "else counts of before are refused"


def test_a_quiet_partition_that_ended_with_a_transaction_s_mark_is_no_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its last offset is never committed, as no record has it."""
    metadata = FirstReading(10).metadata()
    later = time() + 3 * SLACK_SECONDS
    monkeypatch.setattr(gate.start_offsets, "time", lambda: later)
    assert started(FakeConsumer(9, (0, 10), (0, 9), metadata), records=range(9)) == 9
    assert started(FakeConsumer(9, (0, 20), (0, 9), metadata), records=(8, 10)) == 9
    with pytest.raises(UserError, match="partition 0, for the first time"):
        started(FakeConsumer(8, (0, 10), (0, 9), metadata), records=range(9))


def test_a_lost_offset_beside_accepted_records_is_an_error() -> None:
    with pytest.raises(UserError, match="what counts already does not count twice"):
        started(FakeConsumer(OFFSET_INVALID, (0, 10), (0, 7)))


def test_a_partition_that_ends_before_the_gate_s_offset_is_an_error() -> None:
    """Read from its beginning, everything older than the dedup horizon would count twice."""
    consumer: Any = FakeConsumer(11, (0, 10), (0, 7))
    with pytest.raises(UserError) as refused:
        started(consumer)
    assert "to offset 11, and it ends at 10" in refused.value.message
    assert "offset of the partition to its first one" in refused.value.message
    with pytest.raises(UserError, match="it ends at 10"):
        offset_in_range(consumer, TopicPartition("shipments", 0, 11))


def test_a_partition_that_grew_again_beyond_the_gate_s_offset_is_an_error() -> None:
    """Between, there are other records than those that the gate has read."""
    consumer: Any = FakeConsumer(7, (0, 10), (0, 7))
    with pytest.raises(UserError, match="to offset 7, and the log was truncated"):
        offset_after_reset(consumer, TopicPartition("shipments", 0, 7), "the log was truncated")


def test_records_that_were_deleted_before_the_gate_read_them_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert started(FakeConsumer(7, (9, 20), (0, 7))) == 9
    assert "from offset 7 to 8 were deleted" in capsys.readouterr().err
    behind: Any = FakeConsumer(7, (9, 20), (0, 7))
    assert offset_after_reset(behind, TopicPartition("shipments", 0, 7), "out of range") == 9


class FakeRecord:
    """A record that was written in an epoch of its partition's leader."""

    def __init__(self, epoch: int | None) -> None:
        self._epoch = epoch

    def leader_epoch(self) -> int | None:
        return self._epoch

    def topic(self) -> str:
        return "shipments"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 6


def compare(committed: int | None, now: int | None) -> None:
    """Start behind a record. committed: its epoch when it was read; now: None for no record."""
    record: Any = FakeRecord(now)
    start = position_after(FakeRecord(committed), FirstReading(3))  # type: ignore[arg-type]
    assert FirstReading.of(start).end == 3
    assert (start.topic, start.partition, start.offset) == ("shipments", 0, 7)

    def before(offsets: Any) -> Any:
        return {} if now is None else dict.fromkeys(offsets, record)

    require_same_records([start], before)


def test_another_record_before_the_gate_s_offset_is_an_error() -> None:
    """The partition has lost its end and has grown again while the gate was down."""
    with pytest.raises(UserError) as refused:
        compare(committed=3, now=5)
    assert "to offset 7, and another record stands before that" in refused.value.message


@pytest.mark.parametrize(("committed", "now"), [(3, 3), (3, None), (None, 5)])
def test_the_record_that_was_read_or_an_unknown_one_is_no_error(
    committed: int | None, now: int | None
) -> None:
    compare(committed, now)
