"""Cells of a shelf line that are written as text."""

from datetime import datetime, tzinfo

from dashboard.model.supply import Incoming
from dashboard.text.display_time import due, stamp
from views.demand import Velocity

NONE_DUE = "\u2013"
NEVER = "never counted"


def due_words(incoming: Incoming, now: datetime, shown: tzinfo) -> str | None:
    """Format the earliest due date of the units on order; None while the orders are unknown."""
    if incoming.on_order is None:
        return None
    return due(incoming.due, now, shown) if incoming.on_order else NONE_DUE


def demand_words(velocity: Velocity) -> str | None:
    """Format the number of days behind a velocity; None without any."""
    if not velocity.days:
        return None
    days = f"{velocity.days} day{'s' if velocity.days > 1 else ''}"
    return f"{days}, thin" if velocity.thin else days


def counted_words(counted_at: datetime | None, shown: tzinfo) -> str:
    return NEVER if counted_at is None else stamp(counted_at, shown)
