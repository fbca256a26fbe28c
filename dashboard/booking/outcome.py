"""The outcome of a booking: the sentence that its page shows."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from dashboard.booking.desk import Booking, State
from dashboard.text.display_time import clock
from schemas.generated import InventoryLevel, LedgerEntry, QuarantinedRecord
from views.amounts import amount, signed
from views.plain_text import plain

REFUSED_COUNT = "refused_count"
WORDS = {
    "count": "Counted {}",
    "shipment": "Received {}",
    "transfer_in": "Received {}",
    "transfer_out": "Sent {}",
    "adjustment": "Adjusted by {}",
}
"""Sentence of each kind of entry."""


class Result(StrEnum):
    """Result of a booking."""

    UNDER_WAY = "under way"
    UNCERTAIN = "uncertain"
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result and its sentence."""

    result: Result
    sentence: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The traces of a booking in the database."""

    entry: LedgerEntry | None = None
    """Its line in the ledger."""
    level: InventoryLevel | None = None
    """The level of its shelf."""
    refusal: QuarantinedRecord | None = None
    """Its record in the quarantine."""
    unit: str | None = None
    """Base unit of the product's amounts; None: pieces."""


def outcome(booking: Booking | None, trace: Trace, shown: tzinfo) -> Outcome | None:
    """Return the outcome; None for a booking that is known nowhere. shown: zone of the times."""
    if trace.entry is not None:
        return _entered(trace.entry, trace, booking.before if booking else None, shown)
    if trace.refusal is not None:
        at = clock(trace.refusal.quarantined_at, shown)
        return Outcome(Result.REFUSED, f"Refused at {at}: {plain(trace.refusal.sentence)}")
    if booking is None:
        return None
    since = clock(booking.since, shown) if booking.since else "-"
    match booking.state:
        case State.SENDING:
            return Outcome(Result.UNDER_WAY, f"Not sent yet: being sent since {since}.")
        case State.SENT:
            return Outcome(Result.UNDER_WAY, f"Sent, and under way to the books since {since}.")
    return Outcome(
        Result.UNCERTAIN,
        f"Not confirmed at {since}: {plain(booking.reason)} It may have arrived all the same: "
        "“Try again” sends the same booking, which counts once.",
    )


def _entered(entry: LedgerEntry, trace: Trace, before: int | None, shown: tzinfo) -> Outcome:
    at, level, unit = clock(entry.recorded_at, shown), trace.level, trace.unit
    if entry.kind == REFUSED_COUNT:
        reason = plain(entry.reason or "it was recorded too late")
        return Outcome(
            Result.REFUSED,
            f"Refused: the count of {amount(entry.quantity, unit)} at {at}: {reason}",
        )
    quantity = -entry.quantity if entry.kind == "transfer_out" else entry.quantity
    written = signed if entry.kind == "adjustment" else amount
    words = WORDS.get(entry.kind, "Booked {}").format(written(quantity, unit))
    if before is not None:
        words += f", was {amount(before, unit)}"
    if level is None or not includes(level, entry.occurred_at):
        return Outcome(
            Result.UNDER_WAY, f"{words}; accepted, and the new level is under way since {at}."
        )
    since = clock(level.last_movement_at, shown)
    return Outcome(
        Result.BOOKED, f"{words}; the books say {amount(level.on_hand, unit)} since {since}."
    )


def includes(level: InventoryLevel, occurred_at: datetime) -> bool:
    """Return True for a level that has all events up to a time, and so this booking."""
    return level.last_movement_at >= occurred_at
