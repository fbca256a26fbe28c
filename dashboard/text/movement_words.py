"""The lines of the book of one shelf in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from dashboard.queries.movements import COUNT, REFUSED, Movement
from dashboard.text.display_time import stamp
from dashboard.text.quarantine_words import reason_words
from dashboard.text.reference_words import is_booked, reference_words
from views.amounts import MINUS, amount, signed
from views.plain_text import plain

KINDS = {
    "sale": "sold",
    "return": "returned by a customer",
    "shipment": "delivered",
    "adjustment": "adjusted",
    "transfer_out": "sent to another store",
    "transfer_in": "received from another store",
    "count": "counted",
    "refused_count": "count refused",
}


WITH_STORE = {"transfer_out": "sent to {}", "transfer_in": "received from {}"}
"""Kinds whose other store may be known."""


def kind(movement: Movement, others: Mapping[str, str]) -> str:
    """Name the kind of a movement; an unknown one is shown as it is.

    others: names of the other store, by transfer.
    """
    other = others.get(movement.reference or "")
    if other is not None and movement.kind in WITH_STORE:
        return plain(WITH_STORE[movement.kind].format(other))
    return KINDS.get(movement.kind) or plain(movement.kind)


def quantity(movement: Movement, unit: str | None) -> str:
    """Format the amount: "+24", "= 12" of a count, in brackets when it was refused."""
    if movement.kind == REFUSED:
        return f"({amount(movement.quantity, unit)})"
    if movement.kind == COUNT:
        return f"= {amount(movement.quantity, unit)}"
    return signed(movement.quantity, unit)


def note(movement: Movement, shown: tzinfo, latest: datetime) -> str:
    """Word what else is to know: its reference or reason, and the count that covers it.

    latest: time that no event can have by now; one that has is of a clock that is ahead.
    """
    parts = []
    if movement.reference:
        parts.append(reference_words(movement.kind, movement.reference))
    elif is_booked(movement.event_id):
        parts.append("booked by hand")
    if movement.reason:
        parts.append(plain(movement.reason))
    if movement.occurred_at > latest:
        parts.append("its time is still to come: the clock of its till is ahead")
    if movement.is_late and movement.covered_by is not None:
        parts.append(
            f"came late, {stamp(movement.recorded_at, shown)}: covered by the count of "
            f"{stamp(movement.covered_by, shown)}"
        )
    elif movement.covered_by is not None:
        parts.append("before the count")
    if movement.kind == REFUSED:
        parts.append("recorded too late, changes nothing")
    return "; ".join(parts)


def refusal_note(reason: str) -> str:
    """Word why a message was refused, by the code of the reason."""
    return f"the message {reason_words(reason)}; changes nothing"


def sum_words(newest_first: Sequence[Movement], unit: str | None, is_whole: bool) -> str:
    """Word the sum from the latest count: "12 counted + 1 in - 2 out = 11"; "" without any.

    is_whole: True if no earlier line exists: what begins without a count was never counted.
    """
    if not newest_first:
        return ""
    current = [each for each in newest_first if each.covered_by is None and each.kind != REFUSED]
    moved = [each for each in current if each.kind != COUNT]
    counted = [each for each in current if each.kind == COUNT]
    first = current[-1] if current else newest_first[0]
    start = counted[0].quantity if counted else first.before or 0
    gained = sum(each.quantity for each in moved if each.quantity > 0)
    lost = -sum(each.quantity for each in moved if each.quantity < 0)
    begin, came, went, now = (
        amount(each, unit) for each in (start, gained, lost, newest_first[0].balance)
    )
    if is_whole and not counted:
        return f"it was never counted; {came} came in and {went} went out"
    name = "counted" if counted else "before the lines shown"
    return f"{begin} {name} + {came} in {MINUS} {went} out = {now}"
