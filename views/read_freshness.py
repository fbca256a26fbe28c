"""Freshness of the read model, by topic: up to when it has been read, and what is still to read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.generated import InventoryLevel
from views.database.read_offsets import Positions, of_topic
from views.database.tables import CURRENT

STOPPED_AFTER = timedelta(seconds=10)
"""Time without an answer of Kafka after which what was read counts as old."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """The freshness of one topic's rows."""

    topic: str
    read_at: datetime
    """All records that Kafka had at this time have been read."""
    behind: int
    """Offsets that have not been read yet."""
    newest_at: datetime | None
    """Kafka's timestamp of the newest record; None if there was none."""
    undecodable: int
    """Records that were skipped because they cannot be decoded."""
    complete: bool
    """False until all of the topic has been read once: rows may be missing."""


def freshness(positions: Positions) -> list[Freshness]:
    """Return the freshness of each topic, by name."""
    result = []
    for topic in sorted({topic for topic, _ in positions}):
        partitions = of_topic(positions, topic).values()
        result.append(
            Freshness(
                topic,
                min(each.read_at for each in partitions),
                sum(each.behind for each in partitions),
                max((each.newest_at for each in partitions if each.newest_at), default=None),
                sum(each.undecodable for each in partitions),
                all(each.complete for each in partitions),
            )
        )
    return result


def sentence(topics: list[Freshness]) -> str:
    """Summarise the freshness of all topics."""
    if not topics:
        return "has read no topic yet"
    at = f"{min(each.read_at for each in topics):%Y-%m-%d %H:%M:%S} UTC"
    behind = {each.topic: each.behind for each in topics if each.behind}
    if not behind:
        return f"has read all records up to {at}"
    topic = max(behind, key=lambda name: behind[name])
    return f"has {sum(behind.values()):,} records to read, {behind[topic]:,} of them of {topic}"


def is_useful(topics: list[Freshness], prefixed: Callable[[str], str]) -> bool:
    """Check whether the levels have been read once: pages then have something to show.

    The topics of facts, such as products, may be missing; one that exists is read first.
    """
    complete = {each.topic: each.complete for each in topics}
    facts_read = all(complete.get(prefixed(record_type.TOPIC), True) for record_type in CURRENT)
    return facts_read and prefixed(InventoryLevel.TOPIC) in complete
