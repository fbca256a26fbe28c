"""The relation of a query: its branches, and the fields that it reads."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlglot import exp

from contracts.readers.expression_values import Lookup, accepts, reachable, values
from contracts.readers.flink_dialect import TableArgument
from contracts.readers.reads import (
    Missing,
    Reads,
    UnknownTableError,
    UnsupportedQueryError,
    line_of,
    require_only,
)
from contracts.readers.relation import (
    ANY,
    Branch,
    Column,
    FieldRef,
    Mark,
    Relation,
    Values,
    combined,
    or_null,
)

PASSING = ("FROM_CHANGELOG", "TO_CHANGELOG", "TUMBLE", "HOP", "CUMULATE", "SESSION")
"""Flink's own table functions, which return the columns of their input."""
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
Tables = Callable[[str], Relation]
Scope = list[tuple[str, Branch]]
"""(alias, branch) of each table in FROM; inner tables before those of the query around it."""


def relation(query: exp.Expr, tables: Tables, reads: Reads, outer: Scope | None = None) -> Relation:
    """Evaluate a query. tables: relations by name. Raises UnsupportedQueryError."""
    named: dict[str, Relation] = {}

    def table(name: str) -> Relation:
        return named[name] if name in named else tables(name)

    if isinstance(query, exp.Query) and query.args.get("with_"):
        require_only(query.args["with_"], "expressions")
    for cte in query.ctes if isinstance(query, exp.Query) else ():
        _require_own_names(cte)
        named[cte.alias] = relation(cte.this, table, reads, outer)
    match query:
        case exp.Subquery() | exp.Paren():
            require_only(query, "this", "alias", "with_")
            return relation(query.this, table, reads, outer)
        case exp.SetOperation():
            require_only(query, "this", "expression", "distinct", "with_", *LIMITS)
            left = relation(query.left, table, reads, outer)
            right = relation(query.right, table, reads, outer)
            _require_alike(left.names, right.names, line_of(query.right))
            renamed = [
                replace(each, columns=dict(zip(left.names, each.columns.values(), strict=False)))
                for each in right.branches
                if not isinstance(query, exp.Except)
            ]
            return Relation(left.branches + renamed, left.names)
        case exp.Select():
            require_only(query, *CLAUSES, *LIMITS)
            return _Select(query, table, reads, outer or []).relation()
    raise UnsupportedQueryError(f"{query.key.upper()} is no query", line_of(query))


class _Select:
    def __init__(self, select: exp.Select, tables: Tables, reads: Reads, outer: Scope) -> None:
        self.select, self.tables, self.reads, self.outer = select, tables, reads, outer

    def relation(self) -> Relation:
        sources = self._sources()
        where = self.select.args.get("where")
        condition = where.this if where else None
        branches, names = [], list[str]()
        for chosen, marks in _each_alone([source for _, source in sources]):
            is_open = any(branch.is_open for branch in chosen)
            scope = [(alias, branch) for (alias, _), branch in zip(sources, chosen, strict=True)]
            if not accepts(condition, self._lookup(scope)):
                names = list(self._columns(scope))
                continue
            scope = self._narrowed(scope, condition)
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
                sources = [(alias, _with_nulls(source)) for alias, source in sources]
            joined = self._source(join.this)
            outer = join.side in ("LEFT", "FULL")
            sources.append((join.this.alias_or_name, _with_nulls(joined) if outer else joined))
        return sources

    def _source(self, item: exp.Expr) -> Relation:
        match item:
            case exp.Table():
                require_only(item, "this", "alias")
                _require_own_names(item)
                if isinstance(item.this, exp.Func):
                    return self._function(item.this)
                try:
                    return self.tables(item.name)
                except UnknownTableError as error:
                    raise UnsupportedQueryError(str(error), line_of(item)) from None
            case exp.Subquery():
                _require_own_names(item)
                return relation(item, self.tables, self.reads, self.outer)
        raise UnsupportedQueryError(f"{item.key.upper()} in FROM is not followed", line_of(item))

    def _function(self, function: exp.Func) -> Relation:
        """Return the result of a table function: its input's keys, and columns made of all."""
        inner = function.expressions[0] if function.name.upper() == "TABLE" else None
        if isinstance(inner, exp.Func):
            return self._function(inner)
        arguments = list(function.find_all(TableArgument))
        passes = function.name.upper() in PASSING
        branches = []
        for inputs, marks in _each_alone([self._source(each.this) for each in arguments]):
            columns: dict[str, Column] = {}
            self._origins(function, [(INPUT, branch) for branch in inputs], self.reads)
            for argument, branch in zip(arguments, inputs, strict=True):
                keys = argument.args.get("partition") or []
                kept = list(branch.columns) if passes else [key.name for key in keys]
                columns |= {name: branch.columns[name] for name in kept if name in branch.columns}
            every = (
                column
                for branch in inputs
                for column in (*branch.columns.values(), *([branch.rest] if branch.rest else []))
            )
            origins = frozenset().union(*(column.origins for column in every))
            is_open = any(branch.is_open for branch in inputs)
            branches.append(Branch(columns, marks, Column(origins), is_open))
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
            possible = values(item, self._lookup(scope))
            columns[name] = Column(self._origins(item, scope, silent), possible)
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
                arms = list(reachable(node, self._lookup(scope)))
                parts: Iterator[exp.Expr | None] = (part for arm in arms for part in arm[:2])
            case exp.Select() | exp.SetOperation() | exp.Subquery():
                inner = relation(node, self.tables, reads, [*scope, *self.outer])
                columns = (each for branch in inner.branches for each in branch.columns.values())
                return frozenset().union(*(column.origins for column in columns))
            case _:
                parts = node.iter_expressions()
        return frozenset().union(*(self._origins(part, scope, reads) for part in parts))

    def _column_origins(self, node: exp.Column, scope: Scope, reads: Reads) -> frozenset[FieldRef]:
        line = int(node.this.meta.get("line", 1))
        column, rest = self._column(node, scope)
        if column:
            for origin in column.origins:
                reads.fields[origin].add(line)
        elif not rest and not (isinstance(node.parent, exp.Bracket) and node.name in CONSTRUCTORS):
            marks = (mark for _, branch in scope for mark in branch.marks)
            stems = frozenset(mark.contract for mark in marks if mark.contract)
            before = reads.missing.get(node.name, Missing(line, stems))
            reads.missing[node.name] = Missing(min(before.line, line), before.contracts | stems)
        either = column or rest
        return either.origins if either else frozenset()

    def _column(self, node: exp.Column, scope: Scope) -> tuple[Column | None, Column | None]:
        """Return (column, None), or (None, column) of a function's unnamed result."""
        # In `a.b`, a is the alias of a table or a column of rows.
        aliases = {alias for alias, _ in (*scope, *self.outer)}
        qualifier = node.parts[0].name if len(node.parts) > 1 else ""
        name = node.name if qualifier in ("", *aliases) else qualifier
        every = [
            branch
            for alias, branch in (*scope, *self.outer)
            if qualifier not in aliases or alias == qualifier
        ]
        for branch in every:
            if name in branch.columns:
                return branch.columns[name], None
        return None, next((branch.rest for branch in every if branch.rest), None)

    def _lookup(self, scope: Scope) -> Lookup:
        def possible(node: exp.Column) -> Values:
            column, _ = self._column(node, scope)
            return column.values if column else ANY

        return possible

    def _narrowed(self, scope: Scope, condition: exp.Expr | None) -> Scope:
        """Keep those values of each column with which the condition can hold."""
        if condition is None:
            return scope
        used = {column.name for column in condition.find_all(exp.Column)}
        narrowed = []
        for alias, branch in scope:
            columns = dict(branch.columns)
            for name in used & columns.keys():
                if len(columns[name].values) > 1:
                    columns[name] = replace(
                        columns[name], values=self._possible(condition, scope, branch, name)
                    )
            narrowed.append((alias, replace(branch, columns=columns)))
        return narrowed

    def _possible(self, condition: exp.Expr, scope: Scope, branch: Branch, name: str) -> Values:
        possible = set()
        for value in branch.columns[name].values:
            fixed = {
                **branch.columns,
                name: replace(branch.columns[name], values=frozenset({value})),
            }
            trial = [(a, replace(b, columns=fixed) if b is branch else b) for a, b in scope]
            if accepts(condition, self._lookup(trial)):
                possible.add(value)
        return frozenset(possible)


def _blank(source: Relation) -> Branch:
    """Return a branch that stands for the rows of a relation of which none is left."""
    columns = {name: Column() for name in source.names}
    return Branch(columns, rest=None if columns else Column())


def _with_nulls(source: Relation) -> Relation:
    return replace(source, branches=[or_null(branch) for branch in source.branches])


def _each_alone(
    sources: list[Relation],
) -> Iterator[tuple[list[Branch], frozenset[Mark]]]:
    """Yield (a branch of each relation, marks): every branch once, beside all of the others.

    All pairs would be as many as the product of the relations' branches.
    """
    parts = [source.branches or [_blank(source)] for source in sources]
    every = [branches[0] if len(branches) == 1 else combined(branches) for branches in parts]
    for place, branches in enumerate(parts):
        for branch in branches:
            yield [*every[:place], branch, *every[place + 1 :]], branch.marks
    if not sources:
        yield [], frozenset()


def _require_own_names(item: exp.Expr) -> None:
    """Raise UnsupportedQueryError if an alias gives the columns other names."""
    alias = item.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        require_only(alias, "this")


def _require_alike(left: list[str], right: list[str], line: int) -> None:
    """Raise UnsupportedQueryError if two parts of a union have other columns or another order."""
    if len(left) != len(right):
        what = f"the parts of a union have {len(left)} and {len(right)} columns"
        raise UnsupportedQueryError(what, line)
    for number, (name, other) in enumerate(zip(left, right, strict=True), 1):
        if name != other and other in left:
            what = f"column {number} of a union is {name} in one part and {other} in another"
            raise UnsupportedQueryError(what, line)
