"""A record is in quarantine by its coordinates and its time: a topic may have been made anew."""

from datetime import UTC, datetime

import pytest

from audit.known_quarantine import KnownQuarantine
from connect.record_consumer import Received

SENT = 1_770_000_000_000
QUARANTINE = KnownQuarantine(
    sent={("shipments", 0, 7): SENT, ("shipments", 0, 8): None},
    complete_since=datetime.fromtimestamp(SENT / 1000, UTC),
)


@pytest.mark.parametrize(
    ("offset", "timestamp", "quarantined"),
    [(7, SENT, True), (7, SENT + 1, False), (8, SENT, True), (8, -1, True), (9, -1, False)],
)
def test_a_record_of_another_time_at_the_coordinates_is_another_record(
    offset: int, timestamp: int, quarantined: bool
) -> None:
    assert (
        QUARANTINE.has(Received("shipments", 0, offset, None, timestamp=timestamp)) == quarantined
    )


@pytest.mark.parametrize(("timestamp", "forgotten"), [(SENT - 1, True), (SENT, False)])
def test_entries_of_records_before_the_oldest_entry_may_have_expired(
    timestamp: int, forgotten: bool
) -> None:
    received = Received("shipments", 0, 1, None, timestamp=timestamp)
    assert QUARANTINE.may_have_forgotten(received) == forgotten
    assert not KnownQuarantine().may_have_forgotten(received)
