"""Sales of a store by its tills: the newest, and whether they are silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Engine, func, select

from schemas.generated import SalesPerMinute, Store
from views import till_silence
from views.database.tables import TABLES
from views.till_silence import Pace

MINUTES = TABLES[SalesPerMinute].c
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tills:
    """The tills of one store."""

    sold_at: datetime | None
    """End of the newest minute with a sale or return; None: none is known."""
    silent_since: datetime | None
    """Begin of their silence; None: they sell, or may just have no buyer."""
    closed: bool
    """True if the store is known to be closed."""


def tills(
    engine: Engine, store_id: str, store: Store | None, others_sold_at: datetime, now: datetime
) -> Tills:
    """Return the state of a store's tills. others_sold_at: time of the newest sale of any store."""
    newest = select(func.max(MINUTES.minute_start)).where(MINUTES.store_id == store_id)
    with engine.connect() as connection:
        minute = connection.scalar(newest)
    closed = till_silence.is_closed(store, now)
    if minute is None:
        return Tills(None, None, closed)
    units = _units_in_the_hour_to(engine, store_id, minute, now.replace(second=0, microsecond=0))
    pace = Pace(minute + MINUTE, units)
    silent_since = till_silence.silent_since(pace, others_sold_at, store, now)
    return Tills(pace.sold_at, silent_since, closed)


@lru_cache(maxsize=4096)
def _units_in_the_hour_to(engine: Engine, store_id: str, minute: datetime, as_of: datetime) -> int:
    """Sum the units of the hour that ends with a minute. as_of: keeps the result."""
    del as_of
    query = select(func.sum(MINUTES.units)).where(
        MINUTES.store_id == store_id,
        MINUTES.minute_start > minute - HOUR,
        MINUTES.minute_start <= minute,
    )
    with engine.connect() as connection:
        return int(connection.scalar(query) or 0)
