"""Sales of a store by its tills: the newest, and whether they are silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from dashboard.queries.read_state import ReadState
from dashboard.queries.shared import shared
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
    engine: Engine, store_id: str, store: Store | None, state: ReadState, now: datetime
) -> Tills:
    """Return the state of a store's tills."""
    minute = shared(state.version(), _newest_minute, engine, store_id)
    closed = till_silence.is_closed(store, now)
    if minute is None or state.sold_at is None:
        return Tills(None, None, closed)
    this_minute = now.replace(second=0, microsecond=0)
    units = shared(this_minute, _units_in_the_hour_to, engine, store_id, minute)
    pace = Pace(minute + MINUTE, units)
    silent_since = till_silence.silent_since(pace, state.sold_at, store, now)
    return Tills(pace.sold_at, silent_since, closed)


def _newest_minute(engine: Engine, store_id: str) -> datetime | None:
    query = select(func.max(MINUTES.minute_start)).where(MINUTES.store_id == store_id)
    with engine.connect() as connection:
        minute: datetime | None = connection.scalar(query)
        return minute


def _units_in_the_hour_to(engine: Engine, store_id: str, minute: datetime) -> int:
    """Sum the units of the hour that ends with a minute."""
    query = select(func.sum(MINUTES.units)).where(
        MINUTES.store_id == store_id,
        MINUTES.minute_start > minute - HOUR,
        MINUTES.minute_start <= minute,
    )
    with engine.connect() as connection:
        return int(connection.scalar(query) or 0)
