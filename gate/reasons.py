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
    LATE_COUNT = "late_count"
    CONTRACT = "contract"
    KEY = "key"
    UNREADABLE = "unreadable"
    UNFORWARDABLE = "unforwardable"


RULES: dict[str, str] = {
    Reason.TOMBSTONE: "A record has a value: an event is never deleted.",
    Reason.TOO_LARGE: "Key, value and headers together do not exceed the gate's size limit.",
    Reason.TOO_SHORT: "A value has at least 6 bytes: a header of 5 and a record.",
    Reason.MAGIC: "A value begins with a zero byte, or a header has its schema id.",
    Reason.UNKNOWN_SCHEMA: "The four bytes after it are the id of a schema in the registry.",
    Reason.FOREIGN_SCHEMA: "That schema is a version of the topic's contract.",
    Reason.UNDECODABLE: "The bytes after the header are a record of that schema.",
    Reason.LEFT_OVER: "No byte follows the record.",
    Reason.TIME: "No time is before 2000, and no event is further ahead than clocks may differ.",
    Reason.TOO_LATE: "A record arrives within the dedup horizon of its recorded_at, or the ledger "
    "shows that it is not counted yet.",
    Reason.LATE_COUNT: "A count is recorded within the time for which movements are kept.",
    Reason.CONTRACT: "Every field satisfies its contract.",
    Reason.KEY: "The key, if there is one, names the record's own key fields.",
    Reason.UNREADABLE: "Kafka's client can unpack the record, and the gate can judge it.",
    Reason.UNFORWARDABLE: "The accepted topic takes the record.",
}
NOT_COUNTED: dict[str, str] = {
    "conflict": "send the event again with an event_id of its own",
    "unhandled": "a version of the job that handles it counts it from its topic",
}
"""Reasons for which the job, not the gate, quarantines an accepted record -> the remedy."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that a record breaks, with the expected and the actual value."""

    reason: Reason
    sentence: str
    schema_id: int | None = None


class UndecidedError(Exception):
    """There is no verdict yet: what it follows from has not answered."""


class ReadModelBehindError(UndecidedError):
    """The read model has not answered yet."""


class RuleBrokenError(Exception):
    """A rule that the record breaks."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def shortened(sentence: str) -> str:
    """Make a sentence fit the quarantine's contract: its length, and characters of UTF-8.

    A sentence may quote a schema, whose JSON can spell half of a surrogate pair.
    """
    sentence = sentence.encode(errors="backslashreplace").decode()
    limit = LONGEST_SENTENCE
    return sentence if len(sentence) <= limit else sentence[: limit - 1] + "…"
