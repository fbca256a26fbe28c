"""What was published held against what must be, in words."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.events import Key
from schemas.record import Record

NAMED = 20
"""Differences of a topic that are named; all are counted."""
IDS = 5
"""Events that a difference names."""


def differing(found: Record | None, expected: Record | None) -> dict[str, tuple[Any, Any]]:
    """(found, expected) of every field in which two records differ; of all if one is None."""
    if found == expected:
        return {}
    ours = {} if found is None else found.to_dict()
    theirs = {} if expected is None else expected.to_dict()
    return {
        name: (ours.get(name), theirs.get(name))
        for name in theirs | ours
        if found is None or expected is None or ours[name] != theirs[name]
    }


def sentence(found: Record | None, expected: Record | None) -> str:
    """How two records of one key differ."""
    if found is None and expected is not None:
        return f"is missing; expected {_fields(expected)}"
    if expected is None and found is not None:
        return f"is there, and no accepted event makes it: {_fields(found)}"
    return "; ".join(
        f"{name} is {_value(ours)}, expected {_value(theirs)}"
        for name, (ours, theirs) in differing(found, expected).items()
    )


def some(ids: Sequence[str]) -> str:
    """A few of the ids, and how many more there are."""
    more = f" and {len(ids) - IDS:,} more" if len(ids) > IDS else ""
    return ", ".join(ids[:IDS]) + more


@dataclass
class Differences:
    """Every difference counted by topic, the first of each topic named."""

    count: Counter[str] = field(default_factory=Counter)
    named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, topic: str, key: Key, text: str) -> None:
        self.count[topic] += 1
        if len(self.named[topic]) < NAMED:
            self.named[topic].append(f"({', '.join(key)}): {text}")

    def __bool__(self) -> bool:
        return bool(self.count)

    def lines(self) -> list[str]:
        """The named ones by topic, and how many are not named."""
        told = []
        for topic in sorted(self.count):
            told += [f"{topic} {text}." for text in self.named[topic]]
            more = self.count[topic] - len(self.named[topic])
            told += [f"{topic}: and {more:,} more."] if more else []
        return told


def _fields(record: Record) -> str:
    values = record.to_dict()
    return ", ".join(f"{name} {_value(values[name])}" for name in values if name not in record.KEY)


def _value(value: Any) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else str(value)
