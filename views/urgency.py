"""Time until a shelf is empty, and the need for a person that follows from it: pure functions.

The pace is the faster one of the last hour and of the days before today: what sells faster today
than ever before is gone by today's pace, and what sells at other hours of the day, by the usual
one.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from views.incoming import OnOrder
from views.stock import Status

HOUR = timedelta(hours=1)
COUNT_AGE = timedelta(days=90)
"""Age of the latest count from which on the shelf is due for another one."""
WEEK_HOURS = 7 * 24.0
"""Hours until goods may come when neither an expected date nor a lead time is known."""
FAR = 1e9
"""Hours that stand for "never" in a sort key: infinity is no number in JSON."""


class Need(StrEnum):
    """Need of a shelf for a person, most urgent first."""

    STOCK_ERROR = "stock error"
    """More was sold than received: count it."""
    EMPTY = "empty"
    RUNS_OUT = "empty before the next delivery"
    LATE = "delivery overdue"
    LOW = "low"
    """On hand is at or below the catalogue's reorder point, and the position is unknown or at or
    below the policy's."""
    FAST = "sells faster than planned"
    """At today's pace, what is on hand and on its way is sold within the lead time."""
    COUNT = "count overdue"
    NONE = "none"


RANK = {need: rank for rank, need in enumerate(Need)}


class Basis(StrEnum):
    """Sales from which a pace is taken."""

    LAST_HOUR = "last hour"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Pace:
    """Units sold per hour by the clock."""

    per_hour: float
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The figures of one shelf from which its need follows; None: unknown."""

    on_hand: int
    status: Status
    pace: Pace | None
    incoming: OnOrder
    position: int | None
    """On hand + on order + in transit, units."""
    suggested_order: int | None
    """Units to order now."""
    lead_hours: float | None
    """Hours from an order to its arrival."""
    counted_at: datetime | None

    @property
    def hours_left(self) -> float | None:
        """Hours until nothing is on hand; infinite when nothing sells, None: unknown."""
        return hours_until_sold(self.on_hand, self.pace)

    def hours_to_arrival(self, now: datetime) -> float:
        """Hours until the next goods can come: of an order, or of one that is placed now."""
        if self.incoming.arrives_at is not None:
            return (self.incoming.arrives_at - now) / HOUR
        return WEEK_HOURS if self.lead_hours is None else self.lead_hours


def pace(last_hour: int | None, per_day: float | None) -> Pace | None:
    """Return the faster one of two paces; None when both are unknown.

    last_hour: net units of the last 60 minutes; per_day: of a day before today, in stock.
    """
    usual = None if per_day is None else Pace(per_day / 24, Basis.USUAL)
    if last_hour is None or (usual is not None and usual.per_hour >= last_hour):
        return usual
    return Pace(float(max(last_hour, 0)), Basis.LAST_HOUR)


def hours_until_sold(units: int, pace: Pace | None) -> float | None:
    """Compute units / pace: 0 for no units, infinite when nothing sells, None: unknown."""
    if units <= 0:
        return 0.0
    if pace is None:
        return None
    return units / pace.per_hour if pace.per_hour > 0 else math.inf


def is_empty_first(shelf: Situation, now: datetime) -> bool:
    """Return True if the shelf is empty before the next goods can come."""
    left = shelf.hours_left
    return left is not None and left < shelf.hours_to_arrival(now)


def need(shelf: Situation, now: datetime) -> tuple[Need, float]:
    """Return the most urgent need, and the sort key within it, the most urgent first.

    The key is in hours left, where nothing else is more urgent: of stock errors the units, of empty
    shelves the units not sold before the next goods come, of late deliveries and counts the date.
    """
    incoming, pace = shelf.incoming, shelf.pace
    left = _hours(shelf.hours_left)
    missed = (pace.per_hour if pace else 0.0) * shelf.hours_to_arrival(now)
    covered = _hours(None if shelf.position is None else hours_until_sold(shelf.position, pace))
    is_fast = pace is not None and pace.basis is Basis.LAST_HOUR and shelf.lead_hours is not None
    rules = (
        (Need.STOCK_ERROR, shelf.on_hand < 0, shelf.on_hand),
        (Need.EMPTY, shelf.on_hand == 0, -missed),
        (Need.RUNS_OUT, is_empty_first(shelf, now), left),
        (Need.LATE, incoming.overdue > 0, _seconds(incoming.due_at)),
        (Need.LOW, shelf.status is Status.LOW and shelf.suggested_order != 0, left),
        (Need.FAST, is_fast and covered < (shelf.lead_hours or 0.0), covered),
        (Need.COUNT, is_count_due(shelf.counted_at, now), _seconds(shelf.counted_at)),
    )
    for each, applies, key in rules:
        if applies:
            return each, float(key)
    return Need.NONE, left


def is_count_due(counted_at: datetime | None, now: datetime) -> bool:
    """Return True for an old count; a shelf that was never counted has no date to be late by."""
    return counted_at is not None and now - counted_at > COUNT_AGE


def _hours(left: float | None) -> float:
    return FAR if left is None else min(left, FAR)


def _seconds(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
