"""Possible values of an SQL expression, as far as its literals decide them.

They tell which rows a WHERE clause can accept and which arms of a CASE can be taken. Whatever
the literals leave open is Unknown.VALUE, so that no row is excluded by mistake.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod

from sqlglot import exp

from contracts.readers.relation import ANY, Number, Unknown, Value, Values

Lookup = Callable[[exp.Column], Values]
EITHER: Values = frozenset({True, False})
HOLDS: Values = frozenset({True, Unknown.VALUE})
FAILS: Values = frozenset({False, None, Unknown.VALUE})
"""Results with which a condition may hold, and with which it may not."""
Narrowed = dict[tuple[str, str], Values]
"""(table or "", column) -> fewer values than the lookup has."""
MOST_STRINGS = 1000
"""The largest number of strings that a CONCAT is followed to."""


def values(node: exp.Expr | None, lookup: Lookup) -> Values:  # noqa: PLR0911 - one case a node type
    """Return the possible values. lookup: those of a column."""
    match node:
        case exp.Paren() | exp.Alias():
            return values(node.this, lookup)
        case exp.Literal():
            return frozenset({str(node.this) if node.is_string else _number(str(node.this))})
        case exp.Neg():
            return frozenset(map(_minus, values(node.this, lookup)))
        case exp.Boolean():
            return frozenset({bool(node.this)})
        case exp.Null():
            return frozenset({None})
        case exp.Column():
            return lookup(node)
        case exp.Cast():
            return frozenset(_cast(each, node.to) for each in values(node.this, lookup))
        case exp.Case():
            arms = reachable(node, lookup)
            return frozenset().union(*(values(result, known) for _, result, known in arms))
        case exp.Concat():
            parts = [values(part, lookup) for part in node.expressions]
            if prod(map(len, parts)) > MOST_STRINGS:
                return ANY
            return frozenset(map(_joined, product(*parts)))
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


def reachable(case: exp.Case, lookup: Lookup) -> Iterator[tuple[exp.Expr | None, exp.Expr, Lookup]]:
    """Yield (condition, result, lookup in the result) of the arms of a CASE that can be taken.

    The ELSE has no condition. A lookup has those values only with which its arm is taken.
    """
    left: Narrowed = {}
    for arm in case.args["ifs"]:
        condition = exp.EQ(this=case.this, expression=arm.this) if case.this else arm.this
        known = _within(lookup, left)
        outcome = values(condition, known)
        if outcome & HOLDS:
            taken = left | _narrowed(condition, known, HOLDS)
            yield condition, arm.args["true"], _within(lookup, taken)
        if outcome == {True}:
            return
        left |= _narrowed(condition, known, FAILS)
    yield None, case.args.get("default") or exp.Null(), _within(lookup, left)


def _narrowed(condition: exp.Expr, lookup: Lookup, outcomes: Values) -> Narrowed:
    """Return, by column, the values with which a condition can have one of some outcomes."""
    narrowed: Narrowed = {}
    for column in condition.find_all(exp.Column):
        name, possible = (column.table, column.name), lookup(column)
        if len(possible) > 1 and name not in narrowed:
            narrowed[name] = frozenset(
                value
                for value in possible
                if values(condition, _within(lookup, {name: frozenset({value})})) & outcomes
            )
    return narrowed


def _within(lookup: Lookup, narrowed: Narrowed) -> Lookup:
    """Return a lookup with fewer values of some columns."""
    known = dict(narrowed)

    def possible(column: exp.Column) -> Values:
        values = known.get((column.table, column.name))
        return lookup(column) if values is None else values

    return possible


def accepts(condition: exp.Expr | None, lookup: Lookup) -> bool:
    """Return True if a WHERE condition can hold."""
    return condition is None or bool(values(condition, lookup) & HOLDS)


def _compared(left: exp.Expr, options: list[exp.Expr], lookup: Lookup) -> Values:
    listed = frozenset().union(*(values(option, lookup) for option in options))
    results: set[Value] = set()
    for each in values(left, lookup):
        if each is None:
            results.add(None)
        elif not all(_comparable(each, other) for other in listed):
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


def _comparable(one: Value, other: Value) -> bool:
    """Return False if the equality of two values is not known, as that of '1' and 1."""
    return one is not Unknown.VALUE and (other is None or type(one) is type(other))


def _number(text: str) -> Value:
    try:
        return Number(Decimal(text))
    except InvalidOperation:
        return Unknown.VALUE


def _minus(value: Value) -> Value:
    if isinstance(value, Number):
        return Number(-value.value)
    return None if value is None else Unknown.VALUE


def _cast(value: Value, to: exp.DataType) -> Value:
    """Return a value after a CAST; unknown if it may change."""
    match value:
        case None:
            return None
        case str() if to.is_type("text"):
            return value
        case bool() if to.is_type("boolean"):
            return value
        case Number(number) if number == int(number):
            return value if to.is_type(*exp.DataType.INTEGER_TYPES, "decimal") else Unknown.VALUE
    return Unknown.VALUE
