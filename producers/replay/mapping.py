"""A mapping of columns to fields; mapping_file.py loads it, mappings/*.toml are examples."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from producers.replay import times
from schemas.record import Record


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column."""

    name: str
    format: str = times.ISO
    """Format of times."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in every line, of the field's type."""

    value: Any


@dataclass(frozen=True, slots=True)
class ColumnProduct:
    """The product of two columns, rounded half to even to the digits of the field."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class RowNumber:
    """1, 2, 3 … for the lines that agree in these columns, in the order of the file."""

    columns: tuple[str, ...]


Rule = Column | Constant | ColumnProduct | RowNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A checked mapping."""

    path: Path
    record_type: type[Record]
    source: str
    """Prefix of every event_id."""
    event_id: tuple[str, ...]
    """Columns that form the event_id; empty for contracts without one."""
    distinct: bool
    """True if lines with equal event_id columns are different events, not repeats of one."""
    rules: dict[str, Rule]
    """Rule of every field that comes from the file."""
    zone: ZoneInfo | None
    decimal_comma: bool
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    """Names of the columns of a file without a header; else empty."""

    @property
    def identity(self) -> str:
        """Equal for mappings that give the same event_ids for the same file."""
        return f"{self.record_type.TOPIC} {self.source} {self.event_id} {self.distinct}"

    def needed(self) -> list[str]:
        """Return the columns that the mapping names, each once."""
        named = list(self.event_id)
        for rule in self.rules.values():
            match rule:
                case Column(name):
                    named.append(name)
                case ColumnProduct(left, right):
                    named += [left, right]
                case RowNumber(columns):
                    named += columns
        return list(dict.fromkeys(named))
