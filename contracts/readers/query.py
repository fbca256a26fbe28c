"""The relation of a query: its branches, and the fields that it reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlglot import exp

from contracts.readers import table_functions
from contracts.readers.expression_types import NUMBERS
from contracts.readers.expression_values import accepts, reachable, values
from contracts.readers.grouping import require_grouped
from contracts.readers.java_functions import Functions
from contracts.readers.reads import (
    Missing,
    Reads,
    UnknownTableError,
    UnsupportedQueryError,
    line_of,
    require_only,
)
from contracts.readers.relation import Branch, Column, FieldRef, Relation
from contracts.readers.scope import Scope, column, each_alone, lookup, narrowed, type_of, with_nulls

INPUT, OUTPUT = "<input>", "<output>"
"""Aliases of a function's inputs and of a query's own columns: no name that SQL can write."""
UNNAMED = "column "
"""Beginning of the name of a column without one, or with one that is taken."""
CONSTRUCTORS = ("MAP", "ARRAY", "ROW")
LIMITS = ("order", "limit", "offset")
CLAUSES = (
    "with_", "expressions", "distinct", "hint", "from_", "joins", "where", "group", "having",
    "qualify", "windows",
)  # fmt: skip
"""The parts of a SELECT that are followed, by SQLGlot's names."""
JOINS = ("", "INNER", "OUTER", "CROSS")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tables and functions that a query may name."""

    table: Callable[[str], Relation]
    """Return a table or view. Raises UnknownTableError."""
    functions: Functions = field(default_factory=dict)
    """The job's own functions."""


def relation(
    query: exp.Expr, catalogue: Catalogue, reads: Reads, outer: Scope | None = None
) -> Relation:
    """Evaluate a query. Raises UnsupportedQueryError."""
    named: dict[str, Relation] = {}

    def table(name: str) -> Relation:
        return named[name] if name in named else catalogue.table(name)

    own = replace(catalogue, table=table)

    if isinstance(query, exp.Query) and query.args.get("with_"):
        require_only(query.args["with_"], "expressions")
    for cte in query.ctes if isinstance(query, exp.Query) else ():
        _require_own_names(cte)
        named[cte.alias] = relation(cte.this, own, reads, outer)
    match query:
        case exp.Subquery() | exp.Paren():
            require_only(query, "this", "alias", "with_")
            return relation(query.this, own, reads, outer)
        case exp.SetOperation():
            require_only(query, "this", "expression", "distinct", "with_", *LIMITS)
            left = relation(query.left, own, reads, outer)
            right = relation(query.right, own, reads, outer)
            _require_alike(left.names, right.names, line_of(query.right))
            renamed = [
                replace(each, columns=dict(zip(left.names, each.columns.values(), strict=False)))
                for each in right.branches
                if not isinstance(query, exp.Except)
            ]
            _require_types(left, renamed, line_of(query.right))
            return Relation(left.branches + renamed, left.names)
        case exp.Select():
            require_only(query, *CLAUSES, *LIMITS)
            require_grouped(query)
            return _Select(query, own, reads, outer or []).relation()
    raise UnsupportedQueryError(f"{query.key.upper()} is no query", line_of(query))


class _Select:
    def __init__(
        self, select: exp.Select, catalogue: Catalogue, reads: Reads, outer: Scope
    ) -> None:
        self.select, self.catalogue, self.reads, self.outer = select, catalogue, reads, outer

    def relation(self) -> Relation:
        sources = self._sources()
        where = self.select.args.get("where")
        condition = where.this if where else None
        branches, names = [], list[str]()
        for chosen, marks in each_alone([source for _, source in sources]):
            is_open = any(branch.is_open for branch in chosen)
            scope = [(alias, branch) for (alias, _), branch in zip(sources, chosen, strict=True)]
            if not accepts(condition, lookup([*scope, *self.outer])):
                names = list(self._columns(scope))
                continue
            scope = narrowed(scope, self.outer, condition)
            columns = self._columns(scope)
            names = list(columns)
            self._read(scope, columns)
            if all(source.branches for _, source in sources):
                rests = [branch.rest for branch in chosen if branch.rest and self.select.is_star]
                branches.append(Branch(columns, marks, rests[0] if rests else None, is_open))
        return Relation(branches, names)

    def _sources(self) -> list[tuple[str, Relation]]:
        """Return (alias, relation) of each table in FROM, with nulls where a join adds them."""
        start = self.select.args.get("from_")
        sources = [(start.this.alias_or_name, self._source(start.this))] if start else []
        for join in self.select.args.get("joins") or []:
            require_only(join, "this", "on", "side", "kind")
            if join.kind not in JOINS:
                what = f"{join.kind} JOIN is not followed"
                raise UnsupportedQueryError(what, line_of(join))
            if join.side in ("RIGHT", "FULL"):
                sources = [(alias, with_nulls(source)) for alias, source in sources]
            joined = self._source(join.this)
            outer = join.side in ("LEFT", "FULL")
            sources.append((join.this.alias_or_name, with_nulls(joined) if outer else joined))
        return sources

    def _source(self, item: exp.Expr) -> Relation:
        match item:
            case exp.Table():
                require_only(item, "this", "alias")
                _require_own_names(item)
                if isinstance(item.this, exp.Func):
                    return self._function(item.this)
                try:
                    return self.catalogue.table(item.name)
                except UnknownTableError as error:
                    raise UnsupportedQueryError(str(error), line_of(item)) from None
            case exp.Subquery():
                _require_own_names(item)
                return relation(item, self.catalogue, self.reads, self.outer)
        raise UnsupportedQueryError(f"{item.key.upper()} in FROM is not followed", line_of(item))

    def _function(self, function: exp.Func) -> Relation:
        inner = function.expressions[0] if function.name.upper() == "TABLE" else None
        if isinstance(inner, exp.Func):
            return self._function(inner)
        java = self.catalogue.functions.get(function.name.upper())
        inputs = [self._source(each.this) for each in table_functions.arguments(function)]
        table_functions.note_faults(function, inputs, java, self.reads)
        branches = []
        for chosen, marks in each_alone(inputs):
            self._origins(function, [(INPUT, branch) for branch in chosen], self.reads)
            result = table_functions.result(function, chosen, java)
            branches.append(replace(result, marks=marks))
        return Relation(branches)

    def _columns(self, scope: Scope) -> dict[str, Column]:
        """Return the columns of SELECT, without counting them as read."""
        columns: dict[str, Column] = {}
        for item in self.select.expressions:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                require_only(star)
                alias = item.table if isinstance(item, exp.Column) else ""
                for name, branch in scope:
                    columns |= dict(branch.columns) if alias in ("", name) else {}
                continue
            name = item.alias_or_name if isinstance(item, exp.Alias | exp.Column) else ""
            if name in columns or not name:
                name = f"{UNNAMED}{len(columns) + 1}"
            silent = Reads()
            possible = values(item, lookup([*scope, *self.outer]))
            made_of = self._origins(item, scope, silent)
            columns[name] = Column(made_of, possible, type_of(item, [*scope, *self.outer]))
        return columns

    def _read(self, scope: Scope, columns: dict[str, Column]) -> None:
        """Count what each clause reads."""
        parts: list[exp.Expr | None] = [
            item for item in self.select.expressions if not item.is_star
        ]
        clauses = ("where", "group", "having", "qualify", "windows")
        parts += [self.select.args.get(name) for name in clauses]
        parts += [join.args.get("on") for join in self.select.args.get("joins") or []]
        for part in parts:
            self._origins(part, scope, self.reads)
        order = self.select.args.get("order")
        self._origins(order, [*scope, (OUTPUT, Branch(columns))], self.reads)

    def _origins(self, node: exp.Expr | None, scope: Scope, reads: Reads) -> frozenset[FieldRef]:
        """Return the fields that an expression is made of, and count them as read."""
        match node:
            case None:
                return frozenset()
            case exp.Column():
                return self._column_origins(node, scope, reads)
            case exp.Case():
                arms = list(reachable(node, lookup([*scope, *self.outer])))
                parts: Iterator[exp.Expr | None] = (part for arm in arms for part in arm[:2])
            case exp.Select() | exp.SetOperation() | exp.Subquery():
                inner = relation(node, self.catalogue, reads, [*scope, *self.outer])
                columns = (each for branch in inner.branches for each in branch.columns.values())
                return frozenset().union(*(column.origins for column in columns))
            case _:
                parts = node.iter_expressions()
        return frozenset().union(*(self._origins(part, scope, reads) for part in parts))

    def _column_origins(self, node: exp.Column, scope: Scope, reads: Reads) -> frozenset[FieldRef]:
        line = int(node.this.meta.get("line", 1))
        known, rest = column(node, [*scope, *self.outer])
        if known:
            for origin in known.origins:
                reads.fields[origin].add(line)
        elif not rest and not (isinstance(node.parent, exp.Bracket) and node.name in CONSTRUCTORS):
            marks = (mark for _, branch in scope for mark in branch.marks)
            stems = frozenset(mark.contract for mark in marks if mark.contract)
            before = reads.missing.get(node.name, Missing(line, stems))
            reads.missing[node.name] = Missing(min(before.line, line), before.contracts | stems)
        either = known or rest
        return either.origins if either else frozenset()


def _require_own_names(item: exp.Expr) -> None:
    """Raise UnsupportedQueryError if an alias gives the columns other names."""
    alias = item.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        require_only(alias, "this")


def _require_types(left: Relation, right: list[Branch], line: int) -> None:
    """Raise UnsupportedQueryError if a column has types that Flink does not unite."""
    for number, name in enumerate(left.names, 1):
        types = {
            each.columns[name].type for each in (*left.branches, *right) if name in each.columns
        }
        known = sorted(filter(None, types))
        if len(known) > 1 and not all(each in NUMBERS for each in known):
            what = f"column {number} of a union, {name}, is {' in one part and '.join(known)}"
            raise UnsupportedQueryError(f"{what} in another", line)


def _require_alike(left: list[str], right: list[str], line: int) -> None:
    """Raise UnsupportedQueryError if two parts of a union have other columns or another order."""
    if len(left) != len(right):
        what = f"the parts of a union have {len(left)} and {len(right)} columns"
        raise UnsupportedQueryError(what, line)
    for number, (name, other) in enumerate(zip(left, right, strict=True), 1):
        if name != other and other in left:
            what = f"column {number} of a union is {name} in one part and {other} in another"
            raise UnsupportedQueryError(what, line)
