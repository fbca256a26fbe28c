"""The figures of the read model: whether they are those of now, and since when they stand still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connect.settings import Settings
from schemas.generated import InventoryLevel, Product, SalesPerMinute
from schemas.record import Record
from views.database import heartbeats, read_offsets
from views.database.heartbeats import GATE, JOB, Heartbeat
from views.database.read_offsets import Positions
from views.read_freshness import STOPPED_AFTER, Freshness, freshness
from views.shelf_upkeep import SHELF_OF
from views.stopped_parts import SILENT, behind_since, recent, stopped
from views.till_sales import any_store_sold_at

HELD = timedelta(seconds=60)
"""Time for which figures must stand still before a store hears of it: a restart takes less."""
ON_THE_WAY = timedelta(seconds=3)
"""Time in which levels still arrive after a part has stopped."""
READ = "Stock levels are not brought up to date since {since}: later sales are not in them."
OTHERS = "Sales and deliveries after {since} may be missing."
PARTS = {
    JOB: "The calculation of stock stopped {since}: later sales are not in the levels.",
    GATE: "New sales are not checked since {since}: they are not in the levels yet.",
}
BEHIND = "Stock levels are complete up to {since}; later sales may be missing."
"""Sentences, with a moment in the time of the store."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One look at what has been read."""

    positions: Positions
    topics: dict[str, Freshness]
    beats: dict[str, Heartbeat]
    """Of the parts of which something is known."""
    behind_since: datetime | None
    """See stopped_parts.behind_since."""
    levels: Freshness | None
    """Of the topic of the levels; None: it was never read."""
    shelves_read_at: datetime
    """All records of shelves that Kafka had at this time have been read."""
    sold_at: datetime | None
    """See till_sales.any_store_sold_at."""

    def standstill(self, now: datetime) -> tuple[str, datetime] | None:
        """Return a sentence for what stands still, and since when; None: nothing does."""
        if self.levels is None:
            return None
        causes = [(READ, self.levels.read_at)] if now - self.levels.read_at > SILENT else []
        for part, since in stopped(self.beats).items():
            # Later figures disprove that a part has stopped, not those of a clock that was ahead.
            newest = self.levels.newest_at or since
            is_later = since + ON_THE_WAY < newest <= now + HELD
            causes.append((PARTS[part], newest if is_later else since))
        if self.behind_since is not None:
            causes.append((BEHIND, self.behind_since))
        if now - self.shelves_read_at > SILENT:
            causes.append((OTHERS, self.shelves_read_at))
        return next((cause for cause in causes if now - cause[1] > HELD), None)


def look_at_figures(connection: Connection, settings: Settings, now: datetime) -> Figures:
    """Read from the database what is known of the figures."""
    positions = read_offsets.load(connection)
    topics = {each.topic: each for each in freshness(positions)}
    beats = recent(heartbeats.load(connection), now)
    of_shelves = topics.keys() & _topics_of_shelves(settings)
    return Figures(
        positions,
        topics,
        beats,
        behind_since(beats.get(JOB), settings),
        topics.get(settings.prefixed(InventoryLevel.TOPIC)),
        min((topics[each].read_at for each in of_shelves), default=now),
        any_store_sold_at(connection, positions, settings.prefixed(SalesPerMinute.TOPIC)),
    )


def _topics_of_shelves(settings: Settings) -> set[str]:
    record_types: tuple[type[Record], ...] = (Product, *SHELF_OF)
    return {settings.prefixed(each.TOPIC) for each in record_types}


class CurrentFigures:
    """Decides at each look whether the shelves are those of now.

    They are of the past while the read model catches up or reads a topic again, and while the job
    does, as after a rebuild of its state: a level of yesterday is no crossing.
    """

    def __init__(self, settings: Settings) -> None:
        self._topics = _topics_of_shelves(settings)
        self._down_at: datetime | None = None
        """Time at which the job was last seen to be down."""

    def are_current(self, figures: Figures, now: datetime) -> bool:
        topics = [figures.topics[each] for each in self._topics & figures.topics.keys()]
        return (
            figures.levels is not None
            and all(each.complete and now - each.read_at < STOPPED_AFTER for each in topics)
            and not any(
                position.rereading
                for (topic, _), position in figures.positions.items()
                if topic in self._topics
            )
            and self._job_is_current(figures, now)
        )

    def _job_is_current(self, figures: Figures, now: datetime) -> bool:
        if JOB in stopped(figures.beats):
            self._down_at = now
            return True  # its levels stay as they are
        if figures.behind_since is not None:
            return False
        job = figures.beats.get(JOB)
        if self._down_at is None or job is None or job.reached_at is None:
            return True
        # Until its first checkpoint it is not known from where a job goes on.
        return job.reached_at >= self._down_at
