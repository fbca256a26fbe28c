"""The state of a store's tills in words."""

from datetime import datetime, tzinfo

from dashboard.queries.till_state import Tills
from dashboard.text.display_time import ago, is_same_day
from schemas.generated import Store
from views.local_time import known_zone, local

SILENT = "silent "
"""Begin of the words for tills that are silent."""


def till_words(tills: Tills, store: Store | None, now: datetime, shown: tzinfo) -> str | None:
    """Say whether a store sells; None: no sale of it is known.

    shown: zone of the times where that of the store is unknown.
    """
    zone = known_zone(store.time_zone if store else None) or shown
    if tills.silent_since is not None:
        # The silence may have begun on an earlier day.
        day = "" if is_same_day(tills.silent_since, now, zone) else "%a "
        return f"{SILENT}since {local(tills.silent_since, zone):{day}%H:%M} ({zone})"
    if tills.closed:
        return "closed"
    return f"sold {ago(tills.sold_at, now, zone)}" if tills.sold_at else None
