"""What a mapping says; load.py reads and checks it, mappings/*.toml show it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from producers.replay import times
from schemas.record import Record


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column; format: of times."""

    name: str
    format: str = times.ISO


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in every line, as the field holds it."""

    value: Any


@dataclass(frozen=True, slots=True)
class Product:
    """The product of two columns, rounded half to even to the digits of the field."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class RowNumber:
    """1, 2, 3 … for the lines that agree in these columns, in the order of the file."""

    columns: tuple[str, ...]


Rule = Column | Constant | Product | RowNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """source: begins every event_id; event_id: columns that make it, empty for contracts without;
    distinct: whether lines that agree in them are different events, not repeats of one;
    rules: by field, for every field that comes from the file; columns: the names of the columns
    of a file that has no header, otherwise empty.
    """

    path: Path
    kind: type[Record]
    source: str
    event_id: tuple[str, ...]
    distinct: bool
    rules: dict[str, Rule]
    zone: ZoneInfo | None
    decimal_comma: bool
    encoding: str
    delimiter: str
    columns: tuple[str, ...]

    @property
    def identity(self) -> str:
        """What two mappings share that make the same event_ids of the same file."""
        return f"{self.kind.TOPIC} {self.source} {self.event_id} {self.distinct}"

    def needed(self) -> list[str]:
        """Columns that the mapping names, each once."""
        named = list(self.event_id)
        for rule in self.rules.values():
            match rule:
                case Column(name):
                    named.append(name)
                case Product(left, right):
                    named += [left, right]
                case RowNumber(columns):
                    named += columns
        return list(dict.fromkeys(named))
