"""What the rules say: a rule that a change breaks, where, and a value that shows it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters to those who read by the reader's schema."""

    BREAKING = "breaking"
    """Some value that the writer may write cannot be read, or means something else there."""
    DANGEROUS = "dangerous"
    """Every value is read right by this schema, but not by readers of an older or other kind."""
    SAFE = "safe"
    """A change that harms nobody."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its id is for good: scripts and change logs name it."""

    id: str
    severity: Severity
    effect: str
    """What happens to which reader."""
    remedy: str


@dataclass(frozen=True, slots=True)
class Index:
    """A step from a union to one of its branches."""

    branch: int


Step = str | Index
"""A step into a value: a record's field, "items" or "values", or a union's branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that one pair of schemas breaks at one place."""

    rule: Rule
    path: str
    """Where, in the reader's schema (or in the writer's, if only that has the place)."""
    what: str
    """What differs there, in a sentence without its full stop."""
    steps: tuple[Step, ...] = ()
    """The way to the place in a value of the writer."""
    value: Any = None
    """What to put there so that the harm shows; None: any value."""

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def field(self) -> str | None:
        """The outermost field that the path leads through."""
        parts = self.path.split("/")
        return parts[2] if len(parts) > 2 and parts[1] == "fields" else None
