"""The job has read a topic when it has committed the last record, whatever follows that."""

from collections.abc import Mapping

import pytest

from connect.kafka import Partition
from connect.settings import Settings
from flink import source_topics

AT, QUIET = ("transactions", 0), ("transfers", 3)


@pytest.mark.parametrize(
    ("settings", "unread", "has_read"),
    [
        (Settings(gate="off"), set(), True),
        (Settings(gate="off"), {QUIET}, False),
        (Settings(), set(), False),
    ],
)
def test_a_topic_that_ends_with_the_mark_of_a_transaction_is_read(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, unread: set[Partition], has_read: bool
) -> None:
    """Rows of a former time zone would stay beside the new ones, and count twice."""
    looked: list[Mapping[Partition, range]] = []

    def with_records(*arguments: object) -> set[Partition]:
        looked.append(arguments[-1])  # type: ignore[arg-type]
        return unread

    monkeypatch.setattr(source_topics, "committed", lambda *_: {AT: 7, QUIET: 9})
    monkeypatch.setattr(source_topics, "with_records", with_records)
    client = None
    ends = {AT: 7, QUIET: 10}
    assert source_topics.has_read(settings, client, ends) == has_read  # type: ignore[arg-type]
    assert looked == ([] if settings.has_gate else [{QUIET: range(9, 10)}])
    assert source_topics.has_read(settings, client, {AT: 7})  # type: ignore[arg-type]
