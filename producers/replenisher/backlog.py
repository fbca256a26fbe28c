"""Wait for a job that is still working off a backlog of events.

Levels halfway through a backlog show needs that later deliveries have met.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from schemas.generated import InventoryLevel

FRESH = timedelta(seconds=10)
"""Age of the last movement of a level that is up to date."""
QUIET = timedelta(seconds=3)
"""Time without a level after which there is no backlog."""
LONGEST = timedelta(seconds=60)
"""Longest wait after the first level."""


class Backlog:
    """The job's backlog at the start of the replenisher; once it is over, it stays over."""

    def __init__(self, now: datetime) -> None:
        self._first: datetime | None = None
        self._last = now
        self._over = False

    def over(self, records: Iterable[object], now: datetime) -> bool:
        """Return whether the levels are up to date, given the newest records."""
        if self._over:
            return True
        levels = [record for record in records if isinstance(record, InventoryLevel)]
        if levels:
            self._first, self._last = self._first or now, now
            fresh = sum(level.last_movement_at > now - FRESH for level in levels)
            self._over = 2 * fresh > len(levels) or now - self._first >= LONGEST
        else:
            self._over = self._first is not None and now - self._last >= QUIET
        return self._over
