"""The silence of a store's tills: nothing is sold there while other stores sell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.generated import Store
from views.opening_hours import is_open, open_time

UNITS_MISSED = 30
"""Units that a store would have sold at its own pace when its silence is no coincidence."""
ON_THE_WAY = timedelta(seconds=35)
"""Time that the next sale may take to its row over a line that is slow by half a minute."""
OTHERS_SELL = timedelta(minutes=1)
"""Age of the newest sale in any store up to which the others sell."""
LONGEST = timedelta(days=14)
"""Time after which a store without sales is closed for good, or not known to sell."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The newest sales of one store."""

    sold_at: datetime
    """End of the newest minute with a sale or return."""
    units_an_hour: float
    """Units sold in the hour before it."""


def silent_since(
    pace: Pace, others_sold_at: datetime, store: Store | None, now: datetime
) -> datetime | None:
    """Return the beginning of a store's silence; None while it sells or may just have no buyer.

    It counts only the hours in which the store is open; none while it is closed. A silence that is
    not longer than sales are on their way is none.
    """
    if now - others_sold_at > OTHERS_SELL or now - pace.sold_at > LONGEST:
        return None
    if others_sold_at <= pace.sold_at or now - pace.sold_at <= ON_THE_WAY or is_closed(store, now):
        return None
    silence = open_time(*_hours(store), pace.sold_at, now)
    return pace.sold_at if pace.units_an_hour * (silence / HOUR) > UNITS_MISSED else None


def is_closed(store: Store | None, now: datetime) -> bool:
    """Return True if a store's opening hours are known and it is closed."""
    return not is_open(*_hours(store), now)


def _hours(store: Store | None) -> tuple[str | None, ZoneInfo]:
    """Return the opening hours and their zone; without a known zone, no hours."""
    if store is not None:
        try:
            return store.opening_hours, ZoneInfo(store.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    return None, ZoneInfo("UTC")
