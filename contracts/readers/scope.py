"""Tables in the scope of a SELECT: the column that a name means, and the values that remain."""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from contracts.readers import expression_types
from contracts.readers.expression_values import Lookup, accepts
from contracts.readers.relation import (
    ANY,
    Branch,
    Column,
    Mark,
    Relation,
    Value,
    Values,
    combined,
    or_null,
)

Scope = list[tuple[str, Branch]]
"""(alias, branch) of each table in FROM; inner tables before those of the query around it."""


def column(node: exp.Column, scope: Scope) -> tuple[Column | None, Column | None]:
    """Return (column, None), or (None, column) of a function's unnamed result."""
    # In `a.b`, a is the alias of a table or a column of rows.
    aliases = {alias for alias, _ in scope}
    qualifier = node.parts[0].name if len(node.parts) > 1 else ""
    name = node.name if qualifier in ("", *aliases) else qualifier
    every = [branch for alias, branch in scope if qualifier not in aliases or alias == qualifier]
    for branch in every:
        if name in branch.columns:
            return branch.columns[name], None
    return None, next((branch.rest for branch in every if branch.rest), None)


def lookup(scope: Scope) -> Lookup:
    """Return the function that gives the possible values of a column."""

    def possible(node: exp.Column) -> Values:
        known, _ = column(node, scope)
        return known.values if known else ANY

    return possible


def type_of(node: exp.Expr, scope: Scope) -> str | None:
    """Return the type of an expression; None if it is not certain."""

    def of_column(each: exp.Column) -> str | None:
        known, _ = column(each, scope)
        return known.type if known else None

    return expression_types.type_of(node, of_column)


def narrowed(scope: Scope, outer: Scope, condition: exp.Expr | None) -> Scope:
    """Return the scope with those values of each column with which a condition can hold."""
    if condition is None:
        return scope
    used = {each.name for each in condition.find_all(exp.Column)}
    result = []
    for alias, branch in scope:
        columns = dict(branch.columns)
        for name in used & columns.keys():
            values = columns[name].values
            if len(values) > 1:
                kept = {
                    value
                    for value in values
                    if accepts(condition, lookup([*_fixed(scope, branch, name, value), *outer]))
                }
                columns[name] = replace(columns[name], values=frozenset(kept))
        result.append((alias, replace(branch, columns=columns)))
    return result


def _fixed(scope: Scope, branch: Branch, name: str, value: Value) -> Scope:
    """Return the scope with one value in a column of one of its branches."""
    fixed = replace(branch.columns[name], values=frozenset({value}))
    other = replace(branch, columns={**branch.columns, name: fixed})
    return [(alias, other if each is branch else each) for alias, each in scope]


def with_nulls(source: Relation) -> Relation:
    """Return a relation whose rows may be null, as those of an outer join."""
    return replace(source, branches=[or_null(branch) for branch in source.branches])


def each_alone(sources: list[Relation]) -> Iterator[tuple[list[Branch], frozenset[Mark]]]:
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


def _blank(source: Relation) -> Branch:
    """Return a branch that stands for the rows of a relation of which none is left."""
    columns = {name: Column() for name in source.names}
    return Branch(columns, rest=None if columns else Column())
