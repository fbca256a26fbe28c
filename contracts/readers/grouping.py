"""GROUP BY: each column of a grouped query is one of its keys, or aggregated."""

from collections.abc import Iterator

from sqlglot import exp

from contracts.readers.reads import UnsupportedQueryError, line_of

LISTS = (exp.GroupingSets, exp.Cube, exp.Rollup, exp.Paren, exp.Tuple)
"""Forms of GROUP BY whose columns are keys."""
# A function that SQLGlot does not know may be an aggregate.
AGGREGATES = (exp.AggFunc, exp.Anonymous, exp.Window)


def require_grouped(select: exp.Select) -> None:
    """Raise UnsupportedQueryError for a column of which a group may have several values."""
    group = select.args.get("group")
    values = [item.unalias() for item in select.expressions]
    if group is None and not any(map(_aggregates, values)):
        return
    keys = group.expressions if group else []
    names = {name for key in keys for name in _names(key)}
    having = select.args.get("having")
    for value in [*values, *([having.this] if having else [])]:
        for column in _columns(value, keys):
            if column.name not in names:
                what = f"{column.name} is neither a key of GROUP BY nor aggregated"
                raise UnsupportedQueryError(what, line_of(column))


def _names(key: exp.Expr) -> Iterator[str]:
    if isinstance(key, exp.Column):
        yield key.name
    elif isinstance(key, LISTS):
        for part in key.iter_expressions():
            yield from _names(part)


def _aggregates(value: exp.Expr) -> bool:
    """Return True if a value has an aggregate outside of windows and queries of its own."""
    if isinstance(value, exp.Query | exp.Window):
        return False
    return isinstance(value, exp.AggFunc) or any(map(_aggregates, value.iter_expressions()))


def _columns(value: exp.Expr, keys: list[exp.Expr]) -> Iterator[exp.Column]:
    """Yield the columns of a value outside of keys, aggregates and queries of its own."""
    if value in keys or isinstance(value, (*AGGREGATES, exp.Query)):
        return
    if isinstance(value, exp.Column):
        yield value
    else:
        for part in value.iter_expressions():
            yield from _columns(part, keys)
