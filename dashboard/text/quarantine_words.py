"""Reasons of the quarantine in words that need no knowledge of Kafka or Avro."""

from collections.abc import Collection
from datetime import datetime, tzinfo

from dashboard.model.unlisted import NO_NAME
from dashboard.queries.counts_too_late import LateCount
from views.amounts import amount
from views.need_words import moment
from views.plain_text import plain

REASONS = {
    "tombstone": "has no content",
    "too_large": "is larger than the gate accepts",
    "too_short": "is cut off",
    "magic": "does not begin as a message of this system does",
    "unknown_schema": "names a format that the schema registry does not have",
    "foreign_schema": "has the format of another kind of message",
    "undecodable": "is damaged: its content does not fit its format",
    "left_over": "has further bytes after its content",
    "time": "has an impossible time: before 2000, or too far ahead",
    "too_late": "came so late that it might have been counted before",
    "late_count": "is a count that was sent in too late",
    "contract": "has a value that its contract does not allow",
    "key": "has the key of another message",
    "unreadable": "cannot be unpacked",
    "unforwardable": "was refused by Kafka when it was passed on",
    "conflict": "has the event_id of an earlier message with other content",
    "unhandled": "has a phase or status that the calculation does not handle",
}
"""The fault of a message, by the code of the reason."""

FOR_OPERATORS = "Refused messages: for operators, nothing to do here"
LATE_COUNT = "A count came too late and changed nothing: count again"
FOR_STORE = {
    "time": "Refused messages: check the clocks of your tills",
    "too_late": "Refused messages came too late: check the clocks and the connection of your tills",
}
"""Things that a store can do about its refused messages, by the code of the reason."""


def store_words(reasons: Collection[str]) -> str:
    """Return one line for the store whose messages were refused, by the codes of the reasons.

    "" without any.
    """
    if not reasons:
        return ""
    words = (line for reason, line in FOR_STORE.items() if reason in reasons)
    return next(words, FOR_OPERATORS)


def late_count_words(late: LateCount, now: datetime, shown: tzinfo) -> str:
    """ "Milk · 007: 12, counted Fri 20 Nov 14:02 (Europe/Berlin)" """
    name = f"{plain(late.name or NO_NAME)} · {plain(late.counted.sku)}"
    at = moment(late.counted.counted_at, now, shown)
    return f"{name}: {amount(late.counted.quantity, late.unit)}, counted {at} ({shown})"


def reason_words(reason: str) -> str:
    """Return the words for a code; for an unknown one the code itself."""
    return REASONS.get(reason, reason.replace("_", " "))
