"""Positions in the partitions, as the table read_offsets has them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from connect.kafka import Partition
from views.database.tables import OFFSETS


class OvertakenError(Exception):
    """Another process has changed the offsets since they were read from the database."""


class Position(NamedTuple):
    """A row of read_offsets without its key; the table describes the columns."""

    topic_id: str
    next_offset: int
    start_offset: int
    end_offset: int
    read_at: datetime
    newest_at: datetime | None = None
    undecodable: int = 0
    complete: bool = False
    rereading: bool = False

    @property
    def behind(self) -> int:
        """Offsets to the end of the partition."""
        return max(self.end_offset - self.next_offset, 0)


Positions = dict[Partition, Position]


def of_topic(positions: Mapping[Partition, Position], topic: str) -> dict[int, Position]:
    """Select the positions of a topic, by the number of the partition."""
    return {number: position for (name, number), position in positions.items() if name == topic}


_UPDATE = (
    update(OFFSETS)
    .where(
        OFFSETS.c.topic == bindparam("of_topic"),
        OFFSETS.c.partition == bindparam("of_partition"),
        OFFSETS.c.next_offset == bindparam("before"),
        OFFSETS.c.topic_id == bindparam("of_topic_id"),
    )
    .values({name: bindparam(name) for name in Position._fields})
)


def load(connection: Connection) -> Positions:
    """Return the positions of all partitions that were ever read."""
    columns = [OFFSETS.c[name] for name in Position._fields]
    rows = connection.execute(select(OFFSETS.c.topic, OFFSETS.c.partition, *columns))
    return {(topic, partition): Position(*values) for topic, partition, *values in rows}


def save(connection: Connection, before: Positions, after: Mapping[Partition, Position]) -> None:
    """Bring positions forward, each from the one before.

    Of two processes that save, the second waits here for the end of the first one's transaction.
    Raises OvertakenError when a position is not that of `before` any more.
    """
    rows = [
        {
            "of_topic": partition[0],
            "of_partition": partition[1],
            "before": before[partition].next_offset,
            "of_topic_id": before[partition].topic_id,
            **position._asdict(),
        }
        for partition, position in after.items()
    ]
    if rows and connection.execute(_UPDATE, rows).rowcount != len(rows):
        raise OvertakenError


def replace(connection: Connection, topic: str, positions: Mapping[Partition, Position]) -> None:
    """Replace all positions of a topic."""
    connection.execute(delete(OFFSETS).where(OFFSETS.c.topic == topic))
    rows = [
        {"topic": topic, "partition": partition, **position._asdict()}
        for (_, partition), position in positions.items()
    ]
    if rows:
        connection.execute(insert(OFFSETS), rows)
