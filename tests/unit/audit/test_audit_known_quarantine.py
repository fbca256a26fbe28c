"""A record is in quarantine by its coordinates and its time: a topic may have been made anew."""

import random
import tracemalloc
from datetime import UTC, datetime

import pytest

from audit.known_quarantine import CLOCKS, Entries, Entry, KnownQuarantine
from connect.record_consumer import Received
from gate.reasons import NOT_COUNTED, Reason
from schemas.generated import QuarantinedRecord

SENT = 1_770_000_000_000
QUARANTINE = KnownQuarantine(
    entries=Entries({("shipments", 0, 7): Entry(SENT, True), ("shipments", 0, 8): Entry(-SENT)}),
    complete_since=datetime.fromtimestamp(SENT / 1000, UTC),
)
NOT_OF_THE_RECORD_ALONE = {
    Reason.TIME,  # of the clock
    Reason.TOO_LATE,
    Reason.LATE_COUNT,  # of the settings
    Reason.UNKNOWN_SCHEMA,  # of the registry
    Reason.UNREADABLE,  # of the gate's memory
    Reason.UNFORWARDABLE,  # of the accepted topic
}
"""Reasons that a second look at a record may not have."""


@pytest.mark.parametrize(
    ("offset", "timestamp", "quarantined"),
    [
        (7, SENT, True),
        (7, SENT + 1, False),
        # Quarantined then, by its coordinates alone.
        (8, SENT + CLOCKS, True),
        (8, SENT + CLOCKS + 1, False),
        (8, -1, True),
        (9, -1, False),
    ],
)
def test_a_record_of_another_time_at_the_coordinates_is_another_record(
    offset: int, timestamp: int, quarantined: bool
) -> None:
    entry = QUARANTINE.entry(Received("shipments", 0, offset, None, timestamp=timestamp))
    assert (entry is not None) == quarantined
    assert entry is None or entry.may_count == (offset == 7)


@pytest.mark.parametrize(("timestamp", "forgotten"), [(SENT - 1, True), (SENT, False)])
def test_entries_of_records_before_the_oldest_entry_may_have_expired(
    timestamp: int, forgotten: bool
) -> None:
    received = Received("shipments", 0, 1, None, timestamp=timestamp)
    assert QUARANTINE.may_have_forgotten(received) == forgotten
    assert not KnownQuarantine().may_have_forgotten(received)


def test_the_newest_entry_of_each_key_is_known_in_whatever_order_they_come() -> None:
    chance, entries, expected = random.Random(1), Entries(), {}
    for number in range(5_000):
        key = (chance.choice(["shipments", "sales"]), chance.randrange(2), chance.randrange(3_000))
        expected[key] = Entry(number, chance.random() < 0.5)
        entries.put(hash(key) % 4, key, expected[key])
    for topic in ("shipments", "sales", "orders"):
        for partition in range(3):
            for offset in range(3_000):
                key = (topic, partition, offset)
                assert entries.get(key) == expected.get(key)


@pytest.mark.parametrize("reason", [*Reason, *NOT_COUNTED])
def test_what_the_job_has_quarantined_was_accepted(reason: str) -> None:
    """Without the gate the job reads the public topics, and names their coordinates."""
    assert (entry_of(reason) is None) == (reason in NOT_COUNTED)


@pytest.mark.parametrize("reason", Reason)
def test_what_a_second_look_may_accept_may_count(reason: Reason) -> None:
    assert entry_of(reason) == Entry(-SENT, may_count=reason in NOT_OF_THE_RECORD_ALONE)


def entry_of(reason: str) -> Entry | None:
    """Return the entry of a record that was quarantined for a reason."""
    record = QuarantinedRecord(
        source_topic="shipments",
        source_partition=0,
        source_offset=7,
        reason=reason,
        sentence="a sentence",
        quarantined_at=datetime.fromtimestamp(SENT / 1000, UTC),
        complete=False,
    )
    entries = Entries()
    entries.add(1, record)
    return entries.get(record.key())


def test_a_flood_in_quarantine_takes_little_memory() -> None:
    count = 200_000
    tracemalloc.start()
    entries = Entries()
    for offset in range(count):
        entries.put(offset % 4, ("shipments", 0, offset), Entry(SENT + offset))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used < 25 * count
