"""Reasons of the quarantine in words that need no knowledge of Kafka or Avro."""

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


def reason_words(reason: str) -> str:
    """Return the words for a code; for an unknown one the code itself."""
    return REASONS.get(reason, reason.replace("_", " "))
