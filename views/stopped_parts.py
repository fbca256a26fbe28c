"""Parts that have stopped, and figures that are behind, by the heartbeats in the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connect.settings import Settings
from views.database.heartbeats import GATE, JOB, Heartbeat

SILENT = timedelta(seconds=4)
"""Time without an answer of Kafka after which the read model counts as stopped."""
BEATS = {
    JOB: timedelta(seconds=2.5),
    # A gate that starts makes all gates join their group again.
    GATE: timedelta(seconds=10),
}
"""Time without a heartbeat after which each part counts as stopped."""
LOOKED = timedelta(seconds=8)
"""Age of a look beyond which nothing is known; a part that hangs lets a look take seconds."""
BEHIND = timedelta(seconds=10)
"""Time that a look and a checkpoint may take, beyond two intervals of checkpoints."""


def recent(beats: Mapping[str, Heartbeat], now: datetime) -> dict[str, Heartbeat]:
    """Select the parts of which something is known: one that gave no answer may be at work."""
    return {part: beat for part, beat in beats.items() if now - beat.looked_at <= LOOKED}


def stopped(beats: Mapping[str, Heartbeat]) -> dict[str, datetime]:
    """Return the parts that have stopped, with the time at which each was last at work.

    beats: recent ones.
    """
    return {
        part: beat.beat_at
        for part, beat in beats.items()
        if part in BEATS
        and beat.beat_at is not None
        and beat.looked_at - beat.beat_at > BEATS[part]
    }


def behind_since(job: Heartbeat | None, settings: Settings) -> datetime | None:
    """Return the time up to which the figures are complete, if it is long ago."""
    if job is None or job.reached_at is None:
        return None
    limit = timedelta(seconds=2 * settings.checkpoint_seconds) + BEHIND
    return job.reached_at if job.looked_at - job.reached_at > limit else None
