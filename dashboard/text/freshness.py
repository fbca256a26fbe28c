"""Freshness of the figures: a state and a sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from dashboard.model.snapshot import Snapshot, Store
from dashboard.text.display_time import ago, clock


class State(StrEnum):
    READING = "reading"
    """The topics are not yet read to their end; no figure is shown."""
    LIVE = "live"
    STALLED = "stalled"
    """No new level for longer than the limit; the figures may be old."""
    DOWN = "down"
    """Kafka cannot be read; the figures are old."""


@dataclass(frozen=True, slots=True)
class Freshness:
    state: State
    text: str
    """Plain text, not escaped."""


def freshness(
    snapshot: Snapshot, store: Store | None, now: datetime, limit: timedelta, shown: tzinfo
) -> Freshness:
    """Compute the freshness of a snapshot; the sentence is about one store, if chosen.

    limit: maximum time without a new level; shown: zone of the times in the text.
    """
    if snapshot.outage is not None:
        since = clock(snapshot.outage.since, shown)
        consequence = "The figures are from then." if snapshot.complete else "No figures yet."
        return Freshness(
            State.DOWN,
            f"No connection to Kafka since {since}. {snapshot.outage.reason} {consequence}",
        )
    if snapshot.heard_at is not None and now - snapshot.heard_at > 2 * limit:
        heard = ago(snapshot.heard_at, now, shown)
        return Freshness(State.DOWN, f"The dashboard stopped reading {heard}. Restart it.")
    if not snapshot.complete:
        return Freshness(State.READING, f"{snapshot.levels_read:,} levels so far.")
    if snapshot.read_at is None:
        return Freshness(State.STALLED, "No inventory level has been published yet.")
    movement = _movement(store, now, shown)
    if now - snapshot.read_at > limit:
        read = ago(snapshot.read_at, now, shown)
        return Freshness(
            State.STALLED,
            f"Newest level {read}: nothing is sold, or the Flink job has stopped. {movement}",
        )
    return Freshness(State.LIVE, movement)


def _movement(store: Store | None, now: datetime, shown: tzinfo) -> str:
    if store is None or store.newest_movement is None or store.read_at is None:
        return "This store has no movement yet."
    moved = ago(store.newest_movement, now, shown)
    return f"Newest movement {moved}, read {ago(store.read_at, now, shown)}."
