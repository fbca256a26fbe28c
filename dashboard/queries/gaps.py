"""Gaps in the read model: topics that are missing, records that cannot be decoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from connect.settings import Settings
from dashboard.queries.read_state import read_state
from schemas.record import Record
from views.database.tables import TABLES
from views.read_freshness import freshness


@dataclass(frozen=True, slots=True)
class Gaps:
    """Figures of these are unknown, or not complete."""

    missing: tuple[type[Record], ...] = ()
    """Contracts without a topic; none while no topic has been read."""
    undecodable: Mapping[str, int] = field(default_factory=dict)
    """Number of records that were skipped, by topic."""


def gaps(engine: Engine, settings: Settings) -> Gaps:
    """Return what is missing."""
    positions = read_state(engine, settings).positions
    topics = {each.topic: each.undecodable for each in freshness(positions)}
    if not topics:
        return Gaps()
    return Gaps(
        tuple(each for each in TABLES if settings.prefixed(each.TOPIC) not in topics),
        {topic: count for topic, count in topics.items() if count},
    )
