"""Why a record is put aside: codes that never change their meaning, and what each rule is."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_SENTENCE = 1000


class Reason(StrEnum):
    """The rules in the order in which they are asked; the first that is broken is the reason."""

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


RULES = {
    Reason.TOMBSTONE: "A record has a value: an event is never deleted.",
    Reason.TOO_LARGE: "Key, value and headers are together no larger than the gate passes on.",
    Reason.TOO_SHORT: "A value has at least 6 bytes: a header of 5 and a record.",
    Reason.MAGIC: "A value begins with a zero byte.",
    Reason.UNKNOWN_SCHEMA: "The four bytes after it are the id of a schema in the registry.",
    Reason.FOREIGN_SCHEMA: "That schema is a version of the topic's contract.",
    Reason.UNDECODABLE: "The bytes after the header are a record of that schema.",
    Reason.LEFT_OVER: "No byte is left over after the record.",
    Reason.TIME: "Times are not before 2000, and what has happened is not in the future.",
    Reason.TOO_LATE: "A record comes within the dedup horizon of its recorded_at.",
    Reason.CONTRACT: "Every field is as its contract says.",
    Reason.KEY: "The key is the one that the record's own fields make.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record's verdict: the rule that it broke, and what was expected and found."""

    reason: Reason
    sentence: str
    schema_id: int | None = None


def shortened(sentence: str) -> str:
    """The sentence at a length that the quarantine's contract allows."""
    longest = LONGEST_SENTENCE
    return sentence if len(sentence) <= longest else sentence[: longest - 1] + "…"
