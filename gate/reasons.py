"""Reasons for quarantine: codes that never change their meaning, and the rule behind each."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_SENTENCE = 1000


class Reason(StrEnum):
    """The codes; a record that breaks several rules gets the first one that is found."""

    TOMBSTONE = "tombstone"
    TOO_LARGE = "too_large"
    TOO_SHORT = "too_short"
    MAGIC = "magic"
    UNKNOWN_SCHEMA = "unknown_schema"
    FOREIGN_SCHEMA = "foreign_schema"
    UNDECODABLE = "undecodable"
    LEFT_OVER = "left_over"
    TIME = "time"
    TOO_LATE = "too_late"
    CONTRACT = "contract"
    KEY = "key"


RULES: dict[str, str] = {
    Reason.TOMBSTONE: "A record has a value: an event is never deleted.",
    Reason.TOO_LARGE: "Key, value and headers together do not exceed the gate's size limit.",
    Reason.TOO_SHORT: "A value has at least 6 bytes: a header of 5 and a record.",
    Reason.MAGIC: "A value begins with a zero byte.",
    Reason.UNKNOWN_SCHEMA: "The four bytes after it are the id of a schema in the registry.",
    Reason.FOREIGN_SCHEMA: "That schema is a version of the topic's contract.",
    Reason.UNDECODABLE: "The bytes after the header are a record of that schema.",
    Reason.LEFT_OVER: "No byte follows the record.",
    Reason.TIME: "No time is before 2000, and no event is further ahead than clocks may differ.",
    Reason.TOO_LATE: "A record arrives within the dedup horizon of its recorded_at.",
    Reason.CONTRACT: "Every field satisfies its contract.",
    Reason.KEY: "The key is made of the record's own key fields.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that a record breaks, with the expected and the actual value."""

    reason: Reason
    sentence: str
    schema_id: int | None = None


def shortened(sentence: str) -> str:
    """Cut a sentence to the length that the quarantine's contract allows."""
    limit = LONGEST_SENTENCE
    return sentence if len(sentence) <= limit else sentence[: limit - 1] + "…"
