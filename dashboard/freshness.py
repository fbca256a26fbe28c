"""How fresh the figures of a store are, in one state and one sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from dashboard.display_time import ago, clock
from dashboard.snapshot import Snapshot, Store


class State(StrEnum):
    READING = "reading"
    """The topics have not been read to their end yet: no figure is shown."""
    LIVE = "live"
    STALLED = "stalled"
    """Nothing new for longer than the limit: the figures may be out of date."""
    DOWN = "down"
    """Nothing can be read: the figures are those of before."""


@dataclass(frozen=True, slots=True)
class Freshness:
    state: State
    text: str
    """Plain text, to be escaped where it is shown."""


def freshness(
    snapshot: Snapshot, store: Store | None, now: datetime, limit: timedelta, shown: tzinfo
) -> Freshness:
    """The freshness of a snapshot, told of one store if one is chosen.

    limit: how long the feed may be without a new level; shown: zone of the times in the text.
    """
    if snapshot.outage is not None:
        since = clock(snapshot.outage.since, shown)
        left = "The figures are as they were then." if snapshot.complete else "Nothing is known."
        return Freshness(
            State.DOWN, f"Kafka cannot be read since {since}. {snapshot.outage.why} {left}"
        )
    if snapshot.heard_at is not None and now - snapshot.heard_at > 2 * limit:
        heard = ago(snapshot.heard_at, now, shown)
        return Freshness(
            State.DOWN, f"The dashboard's reader was last heard {heard}: restart the dashboard."
        )
    if not snapshot.complete:
        return Freshness(
            State.READING, f"Reading the topics: {snapshot.levels_read:,} levels so far."
        )
    if snapshot.read_at is None:
        return Freshness(State.STALLED, "No inventory level has been published yet.")
    movement = _movement(store, now, shown)
    if now - snapshot.read_at > limit:
        read = ago(snapshot.read_at, now, shown)
        return Freshness(
            State.STALLED,
            f"The newest level of any store was read {read}. Either nothing moves, "
            f"or the job has stopped. {movement}",
        )
    return Freshness(State.LIVE, movement)


def _movement(store: Store | None, now: datetime, shown: tzinfo) -> str:
    if store is None or store.newest_movement is None or store.read_at is None:
        return "No movement of this store is known."
    moved = ago(store.newest_movement, now, shown)
    return f"Newest movement {moved}, read {ago(store.read_at, now, shown)}."
