"""Cells of a shelf that are written as text."""

from datetime import datetime, tzinfo

from dashboard.text.display_time import due, stamp
from views.need_words import duration
from views.shelf_figures import Shelf

NONE = "\u2013"
NEVER = "never"


def lasts(one: Shelf) -> str:
    """ "25 min", "3 h", "2 days": time until a shelf is empty.

    NONE when that is unknown, which it is by a stock error, too, or when nothing sells.
    """
    if one.on_hand == 0:
        return "none left"
    if one.on_hand < 0 or one.hours_left is None:
        return NONE
    return "over a year" if one.hours_left > 365 * 24 else duration(one.hours_left)


def due_words(one: Shelf, now: datetime, shown: tzinfo) -> str | None:
    """Format the earliest due date of the units on order; None while the orders are unknown."""
    if one.on_order is None:
        return None
    return due(one.due_at, now, shown) if one.on_order else NONE


def counted_words(one: Shelf, shown: tzinfo) -> str:
    return NEVER if one.counted_at is None else stamp(one.counted_at, shown)
