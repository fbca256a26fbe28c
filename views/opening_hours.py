"""Opening hours of a store, in the form of the contract `store`."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_PART = re.compile(r"(\w\w)(?:-(\w\w))? (.+)")
SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
DAY = timedelta(days=1)


class Span(NamedTuple):
    """A span of opening hours, as times after the midnight with which a local day begins."""

    opens: timedelta
    closes: timedelta


def week(hours: str) -> dict[int, list[Span]]:
    """Return the spans of each weekday, from 0 for Monday; a day that is not named has none.

    hours: such as `Mo-Fr 08:00-12:00,13:00-20:00; Sa 09:00-18:00`.
    """
    spans: dict[int, list[Span]] = {}
    for part in hours.split("; "):
        if (match := DAY_PART.fullmatch(part)) is None:
            raise ValueError(f"opening hours: expected days and hours, got {part!r}")
        first, last, times = match.groups()
        begin, end = DAYS.index(first), DAYS.index(last or first)
        for number in range(begin, end + 1 if end >= begin else end + 8):
            spans[number % 7] = [_span(*map(int, each)) for each in SPAN.findall(times)]
    return spans


def open_time(hours: str | None, zone: tzinfo, start: datetime, end: datetime) -> timedelta:
    """Return the time between two moments in which a store is open; without hours, all of it."""
    if hours is None:
        return max(end - start, timedelta())
    total = timedelta()
    reached = start
    for opens, closes in sorted(_openings(hours, zone, start, end)):
        # Spans may overlap, such as a late night with the next morning.
        total += max(min(closes, end) - max(opens, reached), timedelta())
        reached = max(reached, closes)
    return total


def is_open(hours: str | None, zone: tzinfo, at: datetime) -> bool:
    """Return True if a store is open at a moment; without hours it always is."""
    instant = timedelta(milliseconds=1)
    return open_time(hours, zone, at, at + instant) == instant


def _openings(
    hours: str, zone: tzinfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    spans = week(hours)
    day = start.astimezone(zone).date() - 2 * DAY
    while day <= end.astimezone(zone).date():
        for span in spans.get(day.weekday(), ()):
            yield _moment(day, span.opens, zone), _moment(day, span.closes, zone)
        day += DAY


def _moment(day: date, after_midnight: timedelta, zone: tzinfo) -> datetime:
    """Return the moment that the clock on the wall shows, UTC."""
    clock = datetime(day.year, day.month, day.day) + after_midnight
    return clock.replace(tzinfo=zone).astimezone(UTC)


def _span(hour: int, minute: int, last_hour: int, last_minute: int) -> Span:
    opens = timedelta(hours=hour, minutes=minute)
    closes = timedelta(hours=last_hour, minutes=last_minute)
    return Span(opens, closes if closes > opens else closes + DAY)
