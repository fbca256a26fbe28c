"""The read model's own lag: how far each topic has been read into the database."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from schemas.generated import InventoryLevel
from views.database.tables import OFFSETS, TABLES


def read_positions(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return (position, end) of each topic, summed over its partitions."""
    position, end = func.sum(OFFSETS.c.next_offset), func.sum(OFFSETS.c.end_offset)
    query = select(OFFSETS.c.topic, position, end).group_by(OFFSETS.c.topic)
    return {topic: (int(position), int(end)) for topic, position, end in connection.execute(query)}


def newest_level_at(connection: Connection) -> datetime | None:
    """Return the time of the newest movement in any level; None without levels."""
    levels = TABLES[InventoryLevel]
    at: datetime | None = connection.scalar(select(func.max(levels.c.last_movement_at)))
    return at
