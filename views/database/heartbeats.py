"""The table of heartbeats: when gate and job were last at work, and what the job has computed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Connection, Table, Text, func, insert, select, update

from views.database.column_types import Instant
from views.database.tables import METADATA

GATE, JOB = "gate", "job"
REBUILD = "rebuild"
"""In place of a part, while the job calculates all figures anew; beat_at: since when."""

HEARTBEATS = Table(
    "heartbeats",
    METADATA,
    Column("part", Text, primary_key=True),
    Column("looked_at", Instant, nullable=False),
    Column("beat_at", Instant),
    Column("reached_at", Instant),
)
"""A row for each part; the process of the read model writes it about every second.

looked_at: time of the newest look that had an answer. beat_at: time of the newest look by which the
part was at work. reached_at: the effect of every record that was accepted by this time has been
published; of the job only, and null where that cannot be known.
"""


class Heartbeat(NamedTuple):
    """A row of the table."""

    part: str
    looked_at: datetime
    beat_at: datetime | None
    reached_at: datetime | None = None


def save(connection: Connection, heartbeats: Iterable[Heartbeat]) -> None:
    """Write rows; a time that is None leaves the one before."""
    columns = HEARTBEATS.c
    for each in heartbeats:
        values = {
            "looked_at": each.looked_at,
            "beat_at": func.coalesce(each.beat_at, columns.beat_at),
            "reached_at": func.coalesce(each.reached_at, columns.reached_at),
        }
        of_part = update(HEARTBEATS).where(columns.part == each.part).values(values)
        if not connection.execute(of_part).rowcount:
            connection.execute(insert(HEARTBEATS), each._asdict())


def load(connection: Connection) -> dict[str, Heartbeat]:
    """Return the heartbeats by part."""
    rows = connection.execute(select(*[HEARTBEATS.c[name] for name in Heartbeat._fields]))
    return {row.part: Heartbeat(*row) for row in rows}
