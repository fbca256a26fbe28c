"""Freshness: states, sentences, and ages as text."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.model.snapshot import Outage, Snapshot, Store
from dashboard.text.display_time import ago, zone
from dashboard.text.freshness import Freshness, State, freshness
from tests.support.store_records import AT, level

NOW = AT + timedelta(seconds=60)
LIMIT = timedelta(seconds=15)


def before(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def store(read: float) -> Store:
    return Store("S1", (level("a", 1),), {}, read_at=before(read))


def assess(snapshot: Snapshot, one: Store | None = None) -> Freshness:
    return freshness(snapshot, one, NOW, LIMIT, UTC)


def test_live_gives_the_age_of_the_movement_and_of_its_reading() -> None:
    fresh = assess(Snapshot(complete=True, read_at=before(0.3), heard_at=NOW), store(0.3))
    assert fresh == Freshness(State.LIVE, "Newest movement 60 s ago, read 0.3 s ago.")


def test_a_quiet_store_is_live_while_other_stores_move() -> None:
    fresh = assess(Snapshot(complete=True, read_at=before(1), heard_at=NOW), store(40))
    assert fresh.state is State.LIVE
    assert "read 40 s ago" in fresh.text


@pytest.mark.parametrize(("age", "state"), [(15, State.LIVE), (15.1, State.STALLED)])
def test_it_stalls_without_a_new_level_for_longer_than_the_limit(age: float, state: State) -> None:
    snapshot = Snapshot(complete=True, read_at=before(age), heard_at=NOW)
    assert assess(snapshot, store(age)).state is state


def test_reading_gives_its_progress() -> None:
    fresh = assess(Snapshot(levels_read=120_000, heard_at=NOW))
    assert fresh == Freshness(State.READING, "120,000 levels so far.")


def test_without_levels_it_is_not_live() -> None:
    assert assess(Snapshot(complete=True, heard_at=NOW)).state is State.STALLED


def test_an_outage_gives_its_start_its_reason_and_the_age_of_the_figures() -> None:
    outage = Outage(before(30), "No Kafka broker answers.")
    known = Snapshot(complete=True, read_at=before(30), heard_at=before(30), outage=outage)
    assert assess(known, store(30)) == Freshness(
        State.DOWN,
        "No connection to Kafka since 09:00:30 (UTC). No Kafka broker answers. "
        "The figures are from then.",
    )
    assert assess(Snapshot(outage=outage)).text.endswith("No figures yet.")


def test_a_dead_reader_is_down() -> None:
    dead = Snapshot(complete=True, read_at=before(31), heard_at=before(31))
    assert assess(dead, store(31)).state is State.DOWN


def test_times_are_in_the_zone_of_the_browser_which_is_named() -> None:
    zurich = zone("Europe/Zurich")
    outage = Snapshot(outage=Outage(AT, "Reason."))
    assert "10:00:00 (Europe/Zurich)" in freshness(outage, None, NOW, LIMIT, zurich).text
    assert zone("Nowhere/At-all") is UTC
    assert zone("../etc/passwd") is UTC
    assert zone(None) is UTC


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (0.26, "0.3 s ago"),
        (119, "119 s ago"),
        (600, "10 min ago"),
        (7200, "2 h ago"),
        (200_000, "on 2026-01-29 at 02:27 (Europe/Zurich)"),
    ],
)
def test_ages_have_a_fitting_unit(seconds: float, text: str) -> None:
    assert ago(before(seconds), NOW, ZoneInfo("Europe/Zurich")) == text
