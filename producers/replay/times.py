"""Times of an export as instants in UTC, in whole milliseconds.

A time without an offset is local time in the mapping's time zone. A time that occurs twice (summer
time ends) is the earlier instant; a time that is skipped (summer time begins) is an error, which
also reveals a wrong time zone.
"""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.clock import whole_milliseconds

OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)|\s+(?=UTC$|Z$)")
DAY_NUMBER = re.compile(r"\d{5}([.,]\d+)?")
CALENDARS = {
    range(90, 150): "the calendar of Taiwan (add 1911 to the year)",
    range(1300, 1420): "the Persian calendar",
    range(1420, 1500): "the Islamic or the Persian calendar",
    range(2430, 2700): "the Buddhist calendar (subtract 543 from the year)",
    range(5600, 5900): "the Hebrew calendar",
}
"""Years of the present in other calendars."""
YEARS = range(1900, 2200)
"""Years that a file may have."""


def time(value: Any, zone: ZoneInfo | None) -> datetime:
    """Return the instant of a time, a date or a text in ISO 8601. Raises ValueError."""
    if isinstance(value, str):
        value = _iso(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise _unread(value)
    if value.year not in YEARS:
        known = [name for years, name in CALENDARS.items() if value.year in years]
        what = f"{value.year} is a year of {known[0]}" if known else f"got the year {value.year}"
        raise ValueError(f"expected a time of the years 1900 to 2199: {what}")
    return instant(value, zone)


def instant(time: datetime, zone: ZoneInfo | None) -> datetime:
    """Return the instant in UTC of a local time in the zone. Raises ValueError."""
    try:
        if time.tzinfo is not None:
            return whole_milliseconds(time.astimezone(UTC))
        if zone is None:
            raise ValueError(
                f"expected an offset from UTC, got {time}; name a time_zone in the mapping"
            )
        if zone.key == "UTC":
            return whole_milliseconds(time.replace(tzinfo=UTC))
        offset, second = (zone.utcoffset(time.replace(fold=fold)) for fold in (0, 1))
        assert offset is not None
        assert second is not None
        result = (time - offset).replace(tzinfo=UTC, fold=0)
    except OverflowError:
        raise ValueError(f"expected a time within the years 1 to 9999 UTC, got {time}") from None
    if offset < second:
        raise ValueError(f"expected a time that exists in {zone.key}, got {time}")
    return whole_milliseconds(result)


def wall_clock(text: str) -> datetime | None:
    """Return the local time that a text in ISO 8601 shows; None for another text."""
    try:
        return _iso(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def _iso(text: str) -> datetime:
    for form in (str, _plain_offset):
        try:
            return datetime.fromisoformat(form(text))
        except ValueError:
            continue
    raise _unread(text)


def _plain_offset(text: str) -> str:
    return OFFSET.sub("", text).replace("UTC", "+00:00")


def _unread(value: Any) -> ValueError:
    how = "strptime(\"Time\", '%d.%m.%Y %H:%M')"
    if isinstance(value, str) and DAY_NUMBER.fullmatch(value):
        how = 'excel_time("Time"), if it is a day number of Excel'
    return ValueError(f"expected a time in ISO 8601, got {value!r}: write {how} in the mapping")
