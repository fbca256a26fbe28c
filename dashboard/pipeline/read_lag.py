"""The read model's own lag: how far each topic has been read into the database."""

from sqlalchemy import Connection, func, select

from views.database.tables import OFFSETS


def read_positions(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return (position, end) of each topic, summed over its partitions."""
    position, end = func.sum(OFFSETS.c.next_offset), func.sum(OFFSETS.c.end_offset)
    query = select(OFFSETS.c.topic, position, end).group_by(OFFSETS.c.topic)
    return {topic: (int(position), int(end)) for topic, position, end in connection.execute(query)}
