"""Differences between published and expected records, as sentences."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.delivery import Key
from schemas.record import Record

NAMED = 20
"""Limit of the differences listed for each topic; all are counted."""
IDS = 5
"""Limit of the events that a difference names."""


def differing(published: Record | None, expected: Record | None) -> dict[str, tuple[Any, Any]]:
    """Return (published, expected) of each field that differs; of all if one record is None."""
    if published == expected:
        return {}
    ours = {} if published is None else published.to_dict()
    theirs = {} if expected is None else expected.to_dict()
    return {
        name: (ours.get(name), theirs.get(name))
        for name in theirs | ours
        if published is None or expected is None or ours[name] != theirs[name]
    }


def sentence(published: Record | None, expected: Record | None) -> str:
    """Describe the difference between two records of one key."""
    if published is None and expected is not None:
        return f"is missing; expected {_fields(expected)}"
    if expected is None and published is not None:
        return f"is unexpected, no accepted event leads to it: {_fields(published)}"
    return "; ".join(
        f"{name} is {_value(ours)}, expected {_value(theirs)}"
        for name, (ours, theirs) in differing(published, expected).items()
    )


def some(ids: Sequence[str]) -> str:
    """Return the first ids, and the number of the others."""
    more = f" and {len(ids) - IDS:,} more" if len(ids) > IDS else ""
    return ", ".join(ids[:IDS]) + more


@dataclass
class Differences:
    """All differences counted by topic, the first NAMED of each topic with their sentence."""

    count: Counter[str] = field(default_factory=Counter)
    """Number of differences by topic."""
    named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Sentences by topic."""

    def add(self, topic: str, key: Key, text: str) -> None:
        self.count[topic] += 1
        if len(self.named[topic]) < NAMED:
            self.named[topic].append(f"({', '.join(key)}): {text}")

    def __bool__(self) -> bool:
        return bool(self.count)

    def lines(self) -> list[str]:
        """Return the sentences by topic, and the number of the others."""
        lines = []
        for topic in sorted(self.count):
            lines += [f"{topic} {text}." for text in self.named[topic]]
            more = self.count[topic] - len(self.named[topic])
            lines += [f"{topic}: {more:,} more."] if more else []
        return lines


def _fields(record: Record) -> str:
    values = record.to_dict()
    return ", ".join(f"{name} {_value(values[name])}" for name in values if name not in record.KEY)


def _value(value: Any) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else str(value)
