"""Weeks of simulated history that end now, for an installation without events.

The past is simulated at the pace of the live chain, in seconds of selling, and a calendar maps
these seconds to business hours: few lines a day at first, many in the last hour. From the end of
the history on, a second of selling is a second.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.clock import whole_milliseconds
from schemas.generated import StockCount

EARLIER_LINES = 9_000
"""Receipt lines of all days before the last hour."""
LAST_HOUR_LINES = 5_000
LAST_HOUR = timedelta(hours=1)
OPENS, CLOSES = time(8), time(21)
WEEKDAYS = (0.9, 0.9, 0.9, 1.0, 1.2, 1.4, 0.7)
"""Sales of each weekday relative to the average, from Monday."""
COUNT_DAYS = 6
"""Days at the end of the history in which shelves are counted."""
LATE_COUNTS = 2
"""One of this many counts from before the last hour arrives after the sales that follow it."""
STEADY = {
    "burst_every": 0.0,
    "duplicates": 0.0,
    "late": 0.0,
    "orders_cancelled": 0.0,
    "deliveries_late": 0.04,
}
"""Behaviour that differs from the live chain's: few shelves run empty."""
RUN_PREFIX = "history-"


class Hours(NamedTuple):
    """Seconds of selling from `begin` to `end`, spread evenly from `opens` to `closes`."""

    begin: float
    end: float
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Past(Simulation):
    """A simulation whose seconds of selling are mapped to business hours of the past."""

    calendar: tuple[Hours, ...]
    """In order of time, without gaps between their seconds."""

    @property
    def run(self) -> str:
        return f"{RUN_PREFIX}{self.seed}-{self.start:%Y%m%dT%H%M%S}"

    @property
    def length(self) -> float:
        """Seconds of selling until now."""
        return self.calendar[-1].end

    @property
    def now(self) -> datetime:
        return self.calendar[-1].closes

    def at(self, seconds: float) -> datetime:
        """Return the time after that many seconds of selling, in whole milliseconds."""
        if seconds >= self.length:
            return whole_milliseconds(self.now + timedelta(seconds=seconds - self.length))
        index = bisect_right(self.calendar, seconds, key=lambda hours: hours.begin) - 1
        hours = self.calendar[max(index, 0)]
        share = (seconds - hours.begin) / (hours.end - hours.begin)
        return whole_milliseconds(hours.opens + share * (hours.closes - hours.opens))


def past(live: Simulation, days: int, zone: tzinfo, count_limit: timedelta | None) -> Past:
    """Return the simulation of the days before the live one starts.

    days: 1 or more; zone: of the business hours; count_limit: time after which a count may no
    longer be recorded, None for no limit.
    """
    calendar = _calendar(live.start, days, zone, live.behaviour.rate)
    counted = timedelta(days=COUNT_DAYS)
    if count_limit is not None:
        counted = min(counted, count_limit / 2)
    since = live.start - counted
    return Past(
        catalogue=live.catalogue,
        behaviour=replace(live.behaviour, **STEADY),
        seed=live.seed,
        start=calendar[0].opens,
        counts_from=next(
            (hours.begin for hours in calendar if hours.opens >= since), calendar[-1].end
        ),
        calendar=calendar,
    )


def past_events(simulation: Past, shelves: Shelves) -> Iterator[Event]:
    """Yield the opening stock and the history in order of time, with some counts at the end.

    All are recorded now. `shelves` are left as they stand now.
    """
    for shipment in opening_stock(simulation.catalogue, simulation.seed, (), simulation.start):
        shelves.open(shipment)
        yield replace(shipment, recorded_at=simulation.now)
    late: list[Event] = []
    counts = 0
    for _, happened in history(simulation, shelves, supplied=True, until=simulation.length):
        event = replace(happened, recorded_at=simulation.now)
        if isinstance(event, StockCount) and event.counted_at < simulation.now - LAST_HOUR:
            counts += 1
            if counts % LATE_COUNTS == 1:
                late.append(event)
                continue
        yield event
    yield from late


def _calendar(now: datetime, days: int, zone: tzinfo, rate: float) -> tuple[Hours, ...]:
    hours: list[tuple[datetime, datetime, float]] = []
    first, last_hour = now - timedelta(days=days), now - LAST_HOUR
    for back in range(days, -1, -1):
        day = now.astimezone(zone).date() - timedelta(days=back)
        opens = max(datetime.combine(day, OPENS, zone), first)
        closes = min(datetime.combine(day, CLOSES, zone), last_hour)
        if opens < closes:
            length = (closes - opens).total_seconds()
            hours.append((opens, closes, length * WEEKDAYS[day.weekday()]))
    total = sum(weight for *_, weight in hours)
    calendar, begin = [], 0.0
    for opens, closes, weight in hours:
        end = begin + EARLIER_LINES / rate * weight / total
        calendar.append(
            Hours(begin, end, opens.astimezone(now.tzinfo), closes.astimezone(now.tzinfo))
        )
        begin = end
    calendar.append(Hours(begin, begin + LAST_HOUR_LINES / rate, last_hour, now))
    return tuple(calendar)
