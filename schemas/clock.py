"""The present time at the precision of the contracts: UTC, whole milliseconds."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present time in UTC, cut to whole milliseconds."""
    return whole_milliseconds(datetime.now(UTC))


def whole_milliseconds(time: datetime) -> datetime:
    """The time with its fraction of a millisecond cut off."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
