"""Times as people read them: how long ago, and in whose zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SHOWN_AS_DATE = timedelta(days=2)


def zone(name: str | None) -> tzinfo:
    """The zone of an IANA name, as a browser gives it; UTC where it gives none that is known."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def ago(time: datetime, now: datetime, shown: tzinfo) -> str:
    """ "0.3 s ago", "4 min ago"; from two days on the date; "just now" when in the future."""
    age = now - time
    seconds = age.total_seconds()
    if seconds < 0:
        return "just now"
    if age >= SHOWN_AS_DATE:
        return f"on {time.astimezone(shown):%Y-%m-%d at %H:%M} ({shown})"
    if seconds < 10:
        return f"{seconds:.1f} s ago"
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    return f"{seconds // 60:.0f} min ago" if seconds < 7200 else f"{seconds // 3600:.0f} h ago"


@lru_cache(maxsize=200_000)
def stamp(time: datetime, shown: tzinfo) -> str:
    """ "2026-01-31 09:00", so that texts sort as times do."""
    return f"{time.astimezone(shown):%Y-%m-%d %H:%M}"


def due(time: datetime | None, now: datetime, shown: tzinfo) -> str:
    """When something is expected, marked when that has passed."""
    if time is None:
        return "no date"
    return f"{stamp(time, shown)}, overdue" if time < now else stamp(time, shown)


def clock(time: datetime, shown: tzinfo) -> str:
    """Time of day with its zone's name."""
    return f"{time.astimezone(shown):%H:%M:%S} ({shown})"
