"""The table of delays: the time from a till to the pages, by minute."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Table, delete, select

from schemas.avro.encode import MILLISECOND
from views.database.column_types import Instant
from views.database.tables import METADATA
from views.database.write import INSERT

KEPT = timedelta(days=1)

DELAYS = Table(
    "delays",
    METADATA,
    Column("minute_start", Instant, primary_key=True),
    Column("milliseconds", BigInteger, nullable=False),
)
"""A row for each minute in which a level was written.

milliseconds: age of the newest movement when its level was written, at its best in the minute: what
was sold at an earlier time and sent late makes no pipeline slow.
"""


class Delay(NamedTuple):
    """A row of the table."""

    minute: datetime
    """Its start."""
    delay: timedelta


def note(connection: Connection, moved: Iterable[datetime], now: datetime) -> None:
    """Note the delay of levels that are written now. moved: the time of each one's last movement.

    Movements of a clock that is ahead have no delay.
    """
    newest = max((at for at in moved if at <= now), default=None)
    if newest is None:
        return
    statement = INSERT[connection.dialect.name](DELAYS)
    shorter = statement.excluded.milliseconds
    minute = now.replace(second=0, microsecond=0)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["minute_start"],
            set_={"milliseconds": shorter},
            where=shorter < DELAYS.c.milliseconds,
        ),
        {"minute_start": minute, "milliseconds": (now - newest) // MILLISECOND},
    )


def delete_old(connection: Connection, now: datetime) -> None:
    """Delete the delays that are not kept any more."""
    connection.execute(delete(DELAYS).where(DELAYS.c.minute_start < now - KEPT))


def since(connection: Connection, start: datetime) -> list[Delay]:
    """Return the delays of the minutes from a moment on, in their order."""
    columns = DELAYS.c
    query = select(columns.minute_start, columns.milliseconds).where(columns.minute_start >= start)
    rows = connection.execute(query.order_by(columns.minute_start))
    return [Delay(minute, number * MILLISECOND) for minute, number in rows]
