"""Moments in the zone of a store."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def known_zone(name: str | None) -> tzinfo | None:
    """Return the zone of an IANA name; None for an unknown one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local(time: datetime, shown: tzinfo) -> datetime:
    """Convert a time to a zone; near the years 1 and 9999, where no such time exists, to UTC."""
    try:
        return time.astimezone(shown)
    except OverflowError:
        return time.astimezone(UTC)
