"""Current time at the precision of the contracts: UTC, whole milliseconds."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current time in UTC, truncated to milliseconds."""
    return whole_milliseconds(datetime.now(UTC))


def whole_milliseconds(time: datetime) -> datetime:
    """Truncate a time to milliseconds."""
    rest = time.microsecond % 1000
    return time.replace(microsecond=time.microsecond - rest) if rest else time
