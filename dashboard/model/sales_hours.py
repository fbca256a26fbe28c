"""Sales by hour or minute, and the limits of days and hours as moments."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """Units sold and returned in a span of time."""

    start: datetime
    end: datetime
    net: float
    """Sold less returned; a kilogram, litre or metre counts as a unit."""
    returned: float

    @property
    def sold(self) -> float:
        return self.net + self.returned


def hour(day: date, number: int, zone: tzinfo) -> datetime:
    """Return the moment at which an hour of a day begins, UTC; 24: that at which the day ends."""
    midnight = day + timedelta(days=1) if number == 24 else day
    return datetime.combine(midnight, time(number % 24), zone).astimezone(UTC)


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """Return the moments at which the hours from `start` until before `end` begin."""
    return [start + number * HOUR for number in range(-((start - end) // HOUR))]


def by_span(
    span: tuple[datetime, datetime],
    length: timedelta,
    net: Mapping[datetime, float],
    returned: Mapping[datetime, float],
) -> list[Bar]:
    """Sum minutes to bars of a length, such as HOUR; one without sales has 0.

    span: the start of the first bar, and the end of the last one.
    """
    start, end = span
    sums: defaultdict[datetime, list[float]] = defaultdict(lambda: [0, 0])
    for index, minutes in enumerate((net, returned)):
        for minute, units in minutes.items():
            sums[start + (minute - start) // length * length][index] += units
    bars = []
    while start < end:
        bars.append(Bar(start, min(start + length, end), *sums[start]))
        start += length
    return bars


def last_hour(now: datetime) -> tuple[datetime, datetime]:
    """Return the 60 minutes before the current minute, by the clock."""
    end = now.replace(second=0, microsecond=0)
    return end - HOUR, end
