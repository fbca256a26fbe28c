"""Sales of a store by its tills: the newest, and whether they are silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from dashboard.queries.read_state import ReadState
from dashboard.queries.shared import shared
from schemas.generated import Store
from views import till_sales, till_silence
from views.till_sales import MINUTE
from views.till_silence import Pace

STILL_SELLS = timedelta(minutes=15)
"""Age of a sale up to which tills are seen to sell, although the hours of the store have ended."""


@dataclass(frozen=True, slots=True)
class Tills:
    """The tills of one store."""

    sold_at: datetime | None
    """End of the newest minute with a sale or return; None: none is known."""
    silent_since: datetime | None
    """Begin of their silence; None: they sell, or may just have no buyer."""
    closed: bool
    """True if the store is known to be closed, and its tills do not sell in spite of it."""


def tills(
    engine: Engine, store_id: str, store: Store | None, state: ReadState, now: datetime
) -> Tills:
    """Return the state of a store's tills."""
    minute = shared(state.version(), _newest_minute, engine, store_id)
    closed = till_silence.is_closed(store, now)
    if minute is None or state.sold_at is None:
        return Tills(None, None, closed)
    sells = now - minute <= STILL_SELLS and till_silence.is_closed(store, minute)
    this_minute = now.replace(second=0, microsecond=0)
    units = shared(this_minute, _units_in_the_hour_to, engine, store_id, minute)
    pace = Pace(minute + MINUTE, units)
    silent_since = till_silence.silent_since(pace, state.sold_at, store, now)
    return Tills(pace.sold_at, silent_since, closed and not sells)


def _newest_minute(engine: Engine, store_id: str) -> datetime | None:
    with engine.connect() as connection:
        return till_sales.newest_minute(connection, store_id)


def _units_in_the_hour_to(engine: Engine, store_id: str, minute: datetime) -> int:
    with engine.connect() as connection:
        return till_sales.units_in_the_hour_to(connection, store_id, minute)
