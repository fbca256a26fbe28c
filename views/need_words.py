"""The need of a shelf in words: its reason, with numbers and their units."""

from datetime import datetime, tzinfo

from views.amounts import in_large_units
from views.local_time import local
from views.shelf_figures import Shelf
from views.urgency import Basis, Need

SIGNS = {
    Need.STOCK_ERROR: ("!", "Stock error"),
    Need.EMPTY: ("○", "Empty"),
    Need.RUNS_OUT: ("▼", "Empty soon"),
    Need.LATE: ("◷", "Late delivery"),
    Need.LOW: ("▽", "Low"),
    Need.FAST: ("▲", "Sells fast"),
    Need.COUNT: ("#", "Count due"),
}
"""Sign and word of each need, which the page shows beside its colour."""


def reason(shelf: Shelf, now: datetime, shown: tzinfo) -> str:
    """Word the need of a shelf: "2 left, gone in about 2 h at 1 per hour, 24 due today 16:00"."""
    coming = supply(shelf, now, shown)
    match shelf.need:
        case Need.STOCK_ERROR:
            parts = [
                f"{shelf.amount(shelf.on_hand)} on hand by the books: more was sold than received"
            ]
            parts.append("count it")
        case Need.EMPTY:
            parts = ["nothing left", f"sells {_pace(shelf)}" if shelf.pace_per_hour else "", coming]
        case Need.LATE:
            parts = [coming, f"{shelf.amount(shelf.on_hand)} left", _gone(shelf)]
        case Need.FAST:
            parts = [f"{shelf.amount(shelf.on_hand)} left", _gone(shelf), coming]
            parts.append(f"an order takes {days(shelf.lead_time or 0)}")
        case Need.COUNT if shelf.counted_at is not None:
            counted = (now - shelf.counted_at).days
            parts = [f"last counted {days(counted)} ago", f"{shelf.amount(shelf.on_hand)} on hand"]
        case Need.LOW:
            order = f"order {shelf.amount(shelf.suggested_order)}" if shelf.suggested_order else ""
            parts = [f"{shelf.amount(shelf.on_hand)} left", _gone(shelf), coming, order]
        case _:
            parts = [f"{shelf.amount(shelf.on_hand)} left", _gone(shelf), coming]
    return ", ".join(part for part in parts if part)


def supply(shelf: Shelf, now: datetime, shown: tzinfo) -> str:
    """Word what is on its way: "24 due today 16:00", "nothing on order"."""
    if shelf.on_order is None:
        return "orders unknown"
    parts = []
    if shelf.overdue and shelf.due_at is not None:
        parts.append(
            f"{shelf.amount(shelf.overdue)} overdue since {moment(shelf.due_at, now, shown)}"
        )
    if shelf.arrives_at is not None:
        arrives = moment(shelf.arrives_at, now, shown)
        parts.append(f"{shelf.amount(shelf.arrives_units or 0)} due {arrives}")
    elif shelf.on_order > (shelf.overdue or 0):
        parts.append(
            f"{shelf.amount(shelf.on_order - (shelf.overdue or 0))} on order without a date"
        )
    if shelf.in_transit:
        parts.append(f"{shelf.amount(shelf.in_transit)} on the way from other stores")
    return ", ".join(parts) or "nothing on order"


def times_note(shelf: Shelf, shown: tzinfo) -> str:
    """Name the zone of the times in the words for a shelf; "" if they have none."""
    return f" (times: {shown})" if has_times(shelf) else ""


def has_times(shelf: Shelf) -> bool:
    """Return True if the words for a shelf have times: those at which its goods are due."""
    return shelf.due_at is not None or shelf.arrives_at is not None


def duration(hours: float) -> str:
    """ "5 min", "2 h", "3 days"."""
    if hours < 1:
        return f"{max(round(hours * 60), 1)} min"
    return f"{hours:.0f} h" if hours < 48 else days(round(hours / 24))


def moment(at: datetime, now: datetime, shown: tzinfo) -> str:
    """ "today 16:00", "tomorrow 05:40", "yesterday 16:00", "Mon 4 May 16:00"."""
    there, today = local(at, shown), local(now, shown).date()
    names = {0: "today", 1: "tomorrow", -1: "yesterday"}
    apart = (there.date() - today).days
    year = f" {there.year}" if abs(apart) > 300 else ""
    return f"{names.get(apart) or f'{there:%a} {there.day} {there:%b}{year}'} {there:%H:%M}"


def days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"


def _gone(shelf: Shelf) -> str:
    if shelf.pace_per_hour is None:
        return "sales unknown"
    if shelf.hours_left is None:
        return "nothing sold lately"
    return f"gone in about {duration(shelf.hours_left)} at {_pace(shelf)}"


def _pace(shelf: Shelf) -> str:
    pace = shelf.pace_per_hour or 0.0
    if shelf.pace_basis == Basis.LAST_HOUR or in_large_units(pace, shelf.unit) >= 1:
        return f"{shelf.amount(pace)} per hour"
    return f"{shelf.amount(pace * 24)} a day"
