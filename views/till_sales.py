"""The newest sales by the tills of one store, and of all: what their silence is measured by."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from schemas.generated import SalesPerMinute
from views.database.read_offsets import Positions
from views.database.tables import TABLES
from views.read_freshness import freshness

SALES = TABLES[SalesPerMinute].c
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SLOW_LINE = MINUTE
"""Time after the end of a minute in which its sales still arrive over a slow line."""


def newest_minute(connection: Connection, store_id: str | None = None) -> datetime | None:
    """Return the start of the newest minute with a sale or return, of a store or of any."""
    query = select(func.max(SALES.minute_start))
    if store_id is not None:
        query = query.where(SALES.store_id == store_id)
    minute: datetime | None = connection.scalar(query)
    return minute


def units_in_the_hour_to(connection: Connection, store_id: str, minute: datetime) -> int:
    """Sum the units of a store in the hour that ends with a minute."""
    query = select(func.sum(SALES.units)).where(
        SALES.store_id == store_id,
        SALES.minute_start > minute - HOUR,
        SALES.minute_start <= minute,
    )
    return int(connection.scalar(query) or 0)


def any_store_sold_at(connection: Connection, positions: Positions, topic: str) -> datetime | None:
    """Return the time of the newest sale of any store; None: none is known.

    By the clock of Kafka, which no till sets. A job that starts again publishes former minutes once
    more: of a minute that ended more than a minute before, the time is its end. None also until the
    sales have been read once. topic: of the sales per minute.
    """
    sales = next((each for each in freshness(positions) if each.topic == topic), None)
    if sales is None or not sales.complete:
        return None
    minute, published_at = newest_minute(connection), sales.newest_at
    if minute is None or published_at is None:
        return published_at
    ended_at = minute + MINUTE
    return published_at if published_at - ended_at <= SLOW_LINE else ended_at
