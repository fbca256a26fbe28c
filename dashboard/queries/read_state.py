"""The state of the read model, which all sessions of this process look at together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine

from connect.settings import Settings
from dashboard.queries.shared import shared
from schemas.generated import SalesPerMinute
from views.database import heartbeats, read_offsets
from views.database.heartbeats import Heartbeat
from views.database.read_offsets import Positions
from views.read_freshness import freshness
from views.till_sales import any_store_sold_at

SECONDS = 0.5
"""Interval between two looks: of several sessions, each is up to so much older than of one."""


@dataclass(frozen=True, slots=True)
class ReadState:
    """One look at what has been read."""

    positions: Positions
    beats: dict[str, Heartbeat]
    """Of gate and job."""
    sold_at: datetime | None
    """See till_sales.any_store_sold_at."""

    def has_read(self, topics: Collection[str]) -> bool:
        """Return True once all of each topic has been read: until then, rows may be missing."""
        read = freshness(self.positions)
        return set(topics) <= {each.topic for each in read if each.complete}

    def version(self, topics: Collection[str] = ()) -> int:
        """Return a number that changes with each record of some topics, or of all, that is read.

        It is another one, too, for a topic that was created again and has as many records.
        """
        return hash(
            frozenset(
                (partition, position.topic_id, position.next_offset)
                for partition, position in self.positions.items()
                if not topics or partition[0] in topics
            )
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
        sales = settings.prefixed(SalesPerMinute.TOPIC)
        return ReadState(positions, beats, any_store_sold_at(connection, positions, sales))
