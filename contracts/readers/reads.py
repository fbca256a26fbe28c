"""The fields that a statement reads, with their lines."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp

from contracts.readers.relation import FieldRef


class UnsupportedQueryError(ValueError):
    """A part of a query whose fields cannot be followed; `line` is its place."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class UnknownTableError(LookupError):
    """Nothing creates a table; the message names it."""


class SourceNotFollowedError(Exception):
    """A view that a query reads cannot be followed: its own statement has the problem."""


class Missing(NamedTuple):
    """The use of a column that does not exist."""

    line: int
    contracts: frozenset[str]
    """Contracts of the tables in scope."""


@dataclass(slots=True)
class Reads:
    """The fields that a file reads."""

    fields: defaultdict[FieldRef, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Lines by field."""
    missing: dict[str, Missing] = field(default_factory=dict)
    """Names that are no column of a table in scope, at the first place that uses them."""
    unfit_calls: dict[str, int] = field(default_factory=dict)
    """Line by sentence of what does not fit the class of a function."""


def line_of(node: exp.Expr) -> int:
    """Return the line of the first name in an expression."""
    lines = [each.meta["line"] for each in node.find_all(exp.Identifier) if "line" in each.meta]
    return min(lines, default=1)


def require_only(node: exp.Expr, *names: str) -> None:
    """Raise UnsupportedQueryError for a part of an expression other than those named."""
    for name, value in node.args.items():
        if value and name not in names:
            parts = value if isinstance(value, list) else [value]
            lines = [line_of(part) for part in parts if isinstance(part, exp.Expr)]
            what = f"{node.key.upper()} with {name.strip('_').upper()} is not followed"
            raise UnsupportedQueryError(what, max([line_of(node), *lines]))
