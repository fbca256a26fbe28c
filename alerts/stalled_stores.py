"""Stores whose figures stand still: those of all do, or the store's own tills are silent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.chain_stores import ChainStores
from alerts.current_figures import Figures
from views.need_words import moment
from views.till_sales import MINUTE, newest_minute, units_in_the_hour_to
from views.till_silence import Pace, silent_since

TILLS = "The tills are silent since {since}, while other stores sell."
EVERY = timedelta(seconds=30)
"""Interval between two looks at the sales of each store."""
STARTING = timedelta(seconds=120)
"""Time from the first look on in which no store is alerted: `make up` starts this process together
with the job, until which the figures stand still since the last stop."""


class StalledStores:
    """Tells which stores stand still, look after look."""

    def __init__(self) -> None:
        self._silent: dict[str, datetime] = {}
        """Stores with silent tills, and since when."""
        self._looked_at: datetime | None = None
        self._began_at: datetime | None = None
        """Time of the first look."""

    def sentences(
        self,
        connection: Connection,
        figures: Figures,
        stores: ChainStores,
        watched: Collection[str],
        now: datetime,
    ) -> dict[str, str]:
        """Return a sentence for each watched store that stands still, in the store's time.

        Empty for the time STARTING after the first look.
        """
        self._began_at = self._began_at or now
        if now - self._began_at < STARTING:
            return {}
        if self._looked_at is None or now - self._looked_at >= EVERY:
            self._looked_at = now
            since = {
                each: _silent_since(connection, figures, stores, each, now) for each in watched
            }
            self._silent = {store_id: at for store_id, at in since.items() if at}
        if cause := figures.standstill(now):
            sentence, begin = cause
            stalled = dict.fromkeys(watched, begin)
        else:
            sentence, stalled = TILLS, self._silent
        return {
            store_id: sentence.format(since=moment(at, now, stores.zone(store_id)))
            for store_id, at in stalled.items()
        }


def _silent_since(
    connection: Connection, figures: Figures, stores: ChainStores, store_id: str, now: datetime
) -> datetime | None:
    minute = newest_minute(connection, store_id)
    if minute is None or figures.sold_at is None:
        return None
    pace = Pace(minute + MINUTE, units_in_the_hour_to(connection, store_id, minute))
    return silent_since(pace, figures.sold_at, stores.record(store_id), now)
