"""Possible values of an SQL expression, as far as its literals decide them.

They tell which rows a WHERE clause can accept and which arms of a CASE can be taken. Whatever
the literals leave open is Unknown.VALUE, so that no row is excluded by mistake.
"""

from collections.abc import Callable, Iterator
from itertools import product

from sqlglot import exp

from contracts.readers.relation import ANY, Unknown, Value

Values = frozenset[Value]
Lookup = Callable[[exp.Column], Values]
EITHER: Values = frozenset({True, False})


def values(node: exp.Expr | None, lookup: Lookup) -> Values:  # noqa: PLR0911 - one case a node type
    """Return the possible values. lookup: those of a column."""
    match node:
        case exp.Paren() | exp.Alias():
            return values(node.this, lookup)
        case exp.Literal() if node.is_string:
            return frozenset({str(node.this)})
        case exp.Boolean():
            return frozenset({bool(node.this)})
        case exp.Null():
            return frozenset({None})
        case exp.Column():
            return lookup(node)
        case exp.Cast():
            inner = values(node.this, lookup)
            return inner if inner <= {None} or node.to.is_type("text") else ANY
        case exp.Case():
            return frozenset().union(
                *(values(result, lookup) for _, result in reachable(node, lookup))
            )
        case exp.Concat():
            parts = product(*(values(part, lookup) for part in node.expressions))
            return frozenset(_joined(each) for each in parts)
    return truths(node, lookup)


def truths(node: exp.Expr | None, lookup: Lookup) -> Values:  # noqa: PLR0911 - as above
    """Return the possible results of a condition: True, False, None (SQL's unknown)."""
    match node:
        case exp.EQ():
            return _compared(node.this, [node.expression], lookup)
        case exp.NEQ():
            return frozenset(_negated(_compared(node.this, [node.expression], lookup)))
        case exp.In() if node.expressions:
            return _compared(node.this, node.expressions, lookup)
        case exp.Is() if isinstance(node.expression, exp.Null):
            inner = values(node.this, lookup)
            return EITHER if Unknown.VALUE in inner else frozenset(each is None for each in inner)
        case exp.Not():
            return frozenset(_negated(values(node.this, lookup)))
        case exp.And() | exp.Or():
            pairs = product(values(node.this, lookup), values(node.expression, lookup))
            short = isinstance(node, exp.Or)
            return frozenset().union(*(_connected(short, pair) for pair in pairs))
    return ANY


def reachable(case: exp.Case, lookup: Lookup) -> Iterator[tuple[exp.Expr | None, exp.Expr]]:
    """Yield (condition, result) of the arms of a CASE that can be taken; None: the ELSE."""
    for arm in case.args["ifs"]:
        condition = exp.EQ(this=case.this, expression=arm.this) if case.this else arm.this
        outcome = values(condition, lookup)
        if outcome & {True, Unknown.VALUE}:
            yield condition, arm.args["true"]
        if outcome == {True}:
            return
    yield None, case.args.get("default") or exp.Null()


def accepts(condition: exp.Expr | None, lookup: Lookup) -> bool:
    """Return True if a WHERE condition can hold."""
    return condition is None or bool(values(condition, lookup) & {True, Unknown.VALUE})


def _compared(left: exp.Expr, options: list[exp.Expr], lookup: Lookup) -> Values:
    listed = frozenset().union(*(values(option, lookup) for option in options))
    results: set[Value] = set()
    for each in values(left, lookup):
        if each is None:
            results.add(None)
        elif each is Unknown.VALUE or Unknown.VALUE in listed:
            results |= EITHER
        else:
            # With several values of one option, each may be the one that is compared.
            results.add(each in listed)
            if len(options) < len(listed):
                results.add(False)
    return frozenset(results)


def _negated(results: Values) -> Iterator[Value]:
    for each in results:
        yield not each if isinstance(each, bool) else each


def _connected(short: bool, pair: tuple[Value, Value]) -> Values:
    """Return left OR right (short: True) or left AND right (False)."""
    if short in pair:
        return frozenset({short})
    if Unknown.VALUE in pair:
        return EITHER
    return frozenset({None if None in pair else not short})


def _joined(parts: tuple[Value, ...]) -> Value:
    if None in parts:
        return None
    if not all(isinstance(part, str) for part in parts):
        return Unknown.VALUE
    return "".join(str(part) for part in parts)
