"""The place at which reading of a topic begins, for each thing that can have happened to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from views.database.read_offsets import Position
from views.starts import Start, start_of
from views.topic_facts import TopicFacts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORED = Position("one", 50, 10, 60, NOW - timedelta(hours=1), complete=True)
FACTS = TopicFacts(
    "one", {0: 10}, {0: 70}, frozenset({"compact"}), None, tombstones=timedelta(days=1)
)
EXPIRING = replace(FACTS, policies=frozenset({"compact", "delete"}))


@pytest.mark.parametrize(
    ("stored", "facts", "start"),
    [
        (STORED, FACTS, Start.GO_ON),
        (STORED, replace(FACTS, topic_id="another"), Start.ANEW),
        (STORED, replace(FACTS, ends={0: 49}), Start.ANEW),
        (STORED, replace(FACTS, ends={0: 50}), Start.GO_ON),
        (STORED, replace(FACTS, starts={}, ends={}), Start.ANEW),
        (STORED, replace(FACTS, starts={0: 11}), Start.REREAD),
        (STORED, replace(EXPIRING, starts={0: 11}), Start.GO_ON),
        (STORED, replace(EXPIRING, starts={0: 50}), Start.GO_ON),
        (STORED, replace(EXPIRING, starts={0: 51}), Start.REREAD),
        (STORED, replace(FACTS, tombstones=timedelta(minutes=59)), Start.REREAD),
        (STORED, replace(FACTS, tombstones=timedelta(minutes=61)), Start.GO_ON),
        (STORED._replace(rereading=True), FACTS, Start.REREAD),
        (STORED, replace(FACTS, starts={0: 10, 1: 0}, ends={0: 70, 1: 5}), Start.GO_ON),
    ],
    ids=[
        "nothing happened", "created again", "fewer records", "no new records", "no partitions",
        "emptied", "grown old", "grown old up to here", "grown old beyond here",
        "tombstones may be gone", "tombstones are there", "reading again was stopped", "enlarged",
    ],
)  # fmt: skip
def test_reading_begins_where_nothing_is_missed(
    stored: Position, facts: TopicFacts, start: Start
) -> None:
    assert start_of({0: stored}, facts, NOW) == start


def test_a_topic_that_was_never_read_is_read_anew() -> None:
    assert start_of({}, FACTS, NOW) == Start.ANEW


def test_a_topic_that_only_grows_has_no_tombstones_to_miss() -> None:
    facts = replace(FACTS, policies=frozenset({"delete"}), tombstones=timedelta())
    assert start_of({0: STORED}, facts, NOW) == Start.GO_ON
