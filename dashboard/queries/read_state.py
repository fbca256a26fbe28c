"""The state of the read model, which all sessions of this process look at together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, Engine, func, select

from connect.settings import Settings
from dashboard.queries.shared import shared
from schemas.generated import SalesPerMinute
from views.database import heartbeats, read_offsets
from views.database.heartbeats import Heartbeat
from views.database.read_offsets import Positions
from views.database.tables import TABLES
from views.read_freshness import freshness

SECONDS = 0.5
"""Interval between two looks: of several sessions, each is up to so much older than of one."""
MINUTES = TABLES[SalesPerMinute].c
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReadState:
    """One look at what has been read."""

    positions: Positions
    beats: dict[str, Heartbeat]
    """Of gate and job."""
    sold_at: datetime | None
    """Time of the newest sale of any store; None: none is known.

    By the clock of Kafka, which no till sets, and by that of the tills: a job that starts again
    publishes former minutes once more.
    """

    def version(self, topics: Collection[str] = ()) -> int:
        """Return a number that changes with each record of some topics, or of all, that is read."""
        return sum(
            position.next_offset
            for (topic, _), position in self.positions.items()
            if not topics or topic in topics
        )


def read_state(engine: Engine, settings: Settings, seconds: float = SECONDS) -> ReadState:
    """Return the look of this interval."""
    return shared(interval(seconds), _look, engine, settings, seconds)


def interval(seconds: float = SECONDS) -> int:
    """Return the number of this interval."""
    return int(monotonic() / seconds)


def _look(engine: Engine, settings: Settings, _seconds: float) -> ReadState:
    with engine.connect() as connection:
        positions = read_offsets.load(connection)
        beats = heartbeats.load(connection)
        minute = _newest_minute(connection)
    sales = settings.prefixed(SalesPerMinute.TOPIC)
    published_at = next(
        (each.newest_at for each in freshness(positions) if each.topic == sales), None
    )
    sold_at = min(published_at, minute + MINUTE) if published_at and minute else published_at
    return ReadState(positions, beats, sold_at)


def _newest_minute(connection: Connection) -> datetime | None:
    minute: datetime | None = connection.scalar(select(func.max(MINUTES.minute_start)))
    return minute
