"""Relations of a query: columns with the contracts' fields that they are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import NamedTuple


class Unknown(Enum):
    """The value of a column that the statements do not fix."""

    VALUE = "unknown"


class Number(NamedTuple):
    """A number; a class of its own, as Python's 1 equals True."""

    value: Decimal


Value = str | bool | Number | None | Unknown
Values = frozenset[Value]
ANY: Values = frozenset({Unknown.VALUE})


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
    values: Values = ANY
    """Its possible values, with Unknown.VALUE for any others."""
    type: str | None = None
    """Its type, by Flink's name without precision; None if it is not certain."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The rows of a relation that come from one place, such as one part of a union."""

    columns: Mapping[str, Column]
    """Columns by name, in their order."""
    marks: frozenset[Mark] = frozenset()
    """Marks of these rows."""
    rest: Column | None = None
    """The column of every other name: the result of a function written in Java."""
    is_open: bool = False
    """True: their kind is not known, so that a statement may take them only by this reading."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of a table, view or query."""

    branches: list[Branch]
    names: list[str] = field(default_factory=list)
    """Names of the columns, in their order."""


def combined(branches: Iterable[Branch]) -> Branch:
    """Return one branch for the rows of several, without their marks."""
    columns: dict[str, Column] = {}
    rest: Column | None = None
    for branch in branches:
        for name, column in branch.columns.items():
            columns[name] = _either(columns.get(name), column)
        if branch.rest:
            rest = _either(rest, branch.rest)
    return Branch(columns, rest=rest)


def _either(one: Column | None, other: Column) -> Column:
    if one is None:
        return other
    type_ = one.type if one.type == other.type else None
    return Column(one.origins | other.origins, one.values | other.values, type_)


def or_null(branch: Branch) -> Branch:
    """Return a branch whose rows may be null, as those of an outer join."""
    columns = {
        name: replace(column, values=column.values | {None})
        for name, column in branch.columns.items()
    }
    return replace(branch, columns=columns)
