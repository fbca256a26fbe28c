"""Cells of a shelf that are written as text."""

from datetime import datetime, tzinfo

from dashboard.text.display_time import due, stamp
from views.shelf_figures import Shelf

NONE = "\u2013"
NEVER = "never"


def lasts(hours: float | None) -> str:
    """ "3 h", "2 days": time until a shelf is empty, NONE when unknown or when nothing sells."""
    if hours is None:
        return NONE
    if hours < 1:
        return "under 1 h"
    if hours < 48:
        return f"{hours:.0f} h"
    return f"{hours / 24:,.0f} days" if hours < 365 * 24 else "over a year"


def due_words(one: Shelf, now: datetime, shown: tzinfo) -> str | None:
    """Format the earliest due date of the units on order; None while the orders are unknown."""
    if one.on_order is None:
        return None
    return due(one.due_at, now, shown) if one.on_order else NONE


def counted_words(one: Shelf, shown: tzinfo) -> str:
    return NEVER if one.counted_at is None else stamp(one.counted_at, shown)
