"""Times as text: ages, dates and clock times in a zone that is named."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from views.local_time import known_zone, local

SHOWN_AS_DATE = timedelta(days=2)


def zone(name: str | None) -> tzinfo:
    """Return the zone of an IANA name; UTC for an unknown one."""
    return known_zone(name) or UTC


def ago(time: datetime, now: datetime, shown: tzinfo) -> str:
    """ "0.3 s ago", "4 min ago"; from two days on the date; "just now" when in the future."""
    age = now - time
    seconds = age.total_seconds()
    if seconds < 0:
        return "just now"
    if age >= SHOWN_AS_DATE:
        return f"on {local(time, shown):%Y-%m-%d at %H:%M} ({shown})"
    if seconds < 10:
        return f"{seconds:.1f} s ago"
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    return f"{seconds // 60:.0f} min ago" if seconds < 7200 else f"{seconds // 3600:.0f} h ago"


@lru_cache(maxsize=200_000)
def stamp(time: datetime, shown: tzinfo) -> str:
    """ "2026-01-31 09:00", which sorts like the time."""
    return f"{local(time, shown):%Y-%m-%d %H:%M}"


def due(time: datetime | None, now: datetime, shown: tzinfo) -> str:
    """Format an expected date, marked when it has passed."""
    if time is None:
        return "no date"
    return f"{stamp(time, shown)}, overdue" if time < now else stamp(time, shown)


def clock(time: datetime, shown: tzinfo, now: datetime | None = None) -> str:
    """Format the time of day with the name of its zone, and with the date if `now` has another."""
    day = "" if now is None or is_same_day(time, now, shown) else "%a %d %b, "
    return f"{local(time, shown):{day}%H:%M:%S} ({shown})"


def is_same_day(time: datetime, now: datetime, shown: tzinfo) -> bool:
    return local(time, shown).date() == local(now, shown).date()
