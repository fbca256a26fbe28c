"""Relations of a query: columns with the contracts' fields that they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Unknown(Enum):
    """The value of a column that the statements do not fix."""

    VALUE = "unknown"


Value = str | bool | None | Unknown
ANY: frozenset[Value] = frozenset({Unknown.VALUE})


class FieldRef(NamedTuple):
    """A field of a contract."""

    contract: str
    """The contract's file name without its ending."""
    field: str

    def __str__(self) -> str:
        return f"{self.contract}.{self.field}"


class Mark(NamedTuple):
    """One value of a column by which statements tell rows of a contract apart."""

    contract: str
    column: str
    """A field of the contract, or a column of the view of all events."""
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a branch."""

    origins: frozenset[FieldRef] = frozenset()
    """Fields that its values are made of."""
    values: frozenset[Value] = ANY
    """Its possible values, with Unknown.VALUE for any others."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The rows of a relation that come from one place, such as one part of a union."""

    columns: Mapping[str, Column]
    """Columns by name, in their order."""
    marks: frozenset[Mark] = frozenset()
    """Marks of these rows."""
    rest: Column | None = None
    """The column of every other name: the result of a function written in Java."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of a table, view or query."""

    branches: list[Branch]
    names: list[str] = field(default_factory=list)
    """Names of the columns, in their order."""
