"""A partition is written so that each message has its former offset, whatever the gaps are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from hypothesis import given
from hypothesis import strategies as st

from backup import partition_writer
from backup.partition_writer import PartitionWriter
from backup.segment import SavedMessage
from connect.errors import UserError
from connect.settings import Settings

PARTITION = "shipments", 0
MARK = object()
"""Stands for the end of a transaction."""


@dataclass
class Log:
    """A partition as Kafka keeps it."""

    entries: list[Any] = field(default_factory=list)
    first: int = 0
    transactions: int = 0

    def prefixed(self, name: str) -> str:
        return name

    def visible(self) -> dict[int, bytes]:
        """Return what a reader of committed messages gets."""
        return {
            offset: value
            for offset, value in enumerate(self.entries)
            if offset >= self.first and value is not MARK and value is not None
        }


class FakeProducer:
    """Appends when it is flushed; a transaction that is aborted leaves its offsets."""

    def __init__(self, log: Log, options: dict[str, Any]) -> None:
        self._log, self._queue = log, list[Any]()
        self._begins = -1
        self._is_transactional = "transactional.id" in options

    def send(self, topic: str, value: bytes | None, key: bytes | None, **given: Any) -> None:
        assert (topic, given["partition"]) == PARTITION
        assert given["timestamp"] > 0
        assert value is not None or key is not None, "a compacted topic takes none without a key"
        assert not self._is_transactional or self._begins >= 0
        self._queue.append(value)

    def flush(self) -> None:
        self._log.entries += self._queue
        self._queue = []

    def init_transactions(self, _seconds: float) -> None:
        assert self._is_transactional

    def begin_transaction(self) -> None:
        self._begins = len(self._log.entries)
        self._log.transactions += 1

    def commit_transaction(self, _seconds: float) -> None:
        self._end()

    def abort_transaction(self, _seconds: float) -> None:
        # Kafka's client drops what has not been sent yet.
        self._queue = []
        self._log.entries[self._begins :] = [None] * (len(self._log.entries) - self._begins)
        self._end()

    def _end(self) -> None:
        assert len(self._log.entries) > self._begins, "an empty transaction leaves no mark"
        self._log.entries.append(MARK)
        self._begins = -1


class FakeAdmin:
    def __init__(self, log: Log) -> None:
        self._log = log

    def list_offsets(self, specs: dict[TopicPartition, Any], **_: Any) -> dict[Any, Any]:
        end = SimpleNamespace(offset=len(self._log.entries))
        return {at: SimpleNamespace(result=lambda: end) for at in specs}

    def delete_records(self, to: list[TopicPartition]) -> dict[Any, Any]:
        (at,) = to
        assert at.offset <= len(self._log.entries)
        self._log.first = at.offset
        return {at: SimpleNamespace(result=lambda _seconds: None)}


@pytest.fixture(autouse=True, scope="module")
def fake_producers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # Of the log in place of the settings.
        patch.setattr(partition_writer, "KafkaProducer", FakeProducer)
        yield


def writer(log: Log) -> PartitionWriter:
    settings = cast(Settings, log)
    return PartitionWriter(settings, cast(AdminClient, FakeAdmin(log)))


def written(offsets: range, messages: list[SavedMessage]) -> Log:
    log = Log()
    writer(log).write_at_offsets(PARTITION, offsets, messages)
    return log


GAPS = st.lists(st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 9]), max_size=25)


@given(st.sampled_from([0, 0, 1, 2, 7]), GAPS, st.sampled_from([0, 1, 2, 5]))
def test_every_message_has_its_offset_whatever_is_missing_before_between_and_after(
    first: int, gaps: list[int], tail: int
) -> None:
    messages, offset = [], first
    for gap in gaps:
        offset += gap
        messages.append(SavedMessage(offset, 0, None, b"%d" % offset, None))
        offset += 1
    end = offset + tail
    log = written(range(first, end), messages)
    assert log.visible() == {each.offset: each.value for each in messages}
    assert len(log.entries) == end
    at_first = messages[0].offset if messages else end
    assert log.first == (at_first if at_first == first + 1 else first)


@given(st.lists(st.binary(min_size=1), max_size=9), st.booleans())
def test_compacted_messages_follow_one_another_and_a_lost_beginning_shows(
    values: list[bytes], is_cut: bool
) -> None:
    log = Log()
    messages = [SavedMessage(7 * n, 1, b"k", value, None) for n, value in enumerate(values)]
    writer(log).write(PARTITION, messages, is_cut)
    assert list(log.visible().values()) == values
    assert (log.first > 0) == is_cut
    assert log.transactions == 0


def test_messages_without_gaps_take_no_transaction() -> None:
    messages = [SavedMessage(n, 1, b"k", b"v", None) for n in range(50)]
    assert written(range(50), messages).transactions == 0


def test_a_partition_that_others_write_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_writer, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(FakeProducer, "flush", lambda self: self._log.entries.extend([b"x"] * 3))
    with pytest.raises(UserError, match=r"shipments, partition 0, ends at offset 3, expected 1"):
        written(range(1), [SavedMessage(0, 1, None, b"v", None)])
