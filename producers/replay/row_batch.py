"""Lines of a file as the events that they are, or as rejected ones."""

from dataclasses import dataclass
from typing import Any, Literal

from producers.replay.mapping import EventMapping
from schemas.record import Record

Outcome = Literal["sent", "rejected", "counted", "repeats"]
"""A line's part in the account: counted lines are not sent, nor repeats that Kafka has long had."""


@dataclass(slots=True)
class Proposed:
    """One line as one event of a mapping."""

    row: int
    """Number of the line in the file that is read, from 1, to look it up."""
    line: int
    """Number of the line in its export, as it is shown."""
    place: str
    """Number of the line among those with equal event_id columns, for each event mapping."""
    event: EventMapping
    event_id: str = ""
    """Empty for contracts without one."""
    record: Record | None = None
    """A valid record; None for a rejected line."""
    problem: str = ""
    """Reason for which the line is rejected."""
    outcome: Outcome = "sent"

    def reject(self, problem: str) -> None:
        self.record, self.problem, self.outcome = None, problem, "rejected"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A value that has more digits than its field."""

    field: str
    line: int
    value: Any
    rounded: Any


@dataclass(slots=True, kw_only=True)
class Batch:
    """Consecutive lines of a file."""

    lines: int
    """Number of lines."""
    proposed: list[Proposed]
    """In the order of the lines, and for each line in that of the mapping's events."""
    filtered: int
    """Number of lines that are no event, by the mapping's `where`."""
    excluded: list[tuple[int, str]]
    """The number of each such line, and an event_id that it would have as an event."""
    roundings: list[Rounding]
