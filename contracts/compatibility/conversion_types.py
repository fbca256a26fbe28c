"""Types of a conversion's columns: casts that Flink does not know, and values that do not fit.

Flink 2.3, "Casting": an INSERT converts whole numbers into wider numbers only, everything else
needs a CAST; a NOT NULL column takes no null. An expression whose type is not known passes.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from contracts.contract import Field
from contracts.readers.expression_types import NUMBERS, TYPES, fits, name_of
from contracts.readers.flink_dialect import Flink
from contracts.readers.reads import line_of

CAST = {
    "STRING": (*NUMBERS, "BOOLEAN", "BYTES", "TIMESTAMP"),
    "BOOLEAN": (*NUMBERS, "STRING"),
    "BYTES": ("STRING",),
    "TIMESTAMP": ("STRING",),
    "INT": (*NUMBERS, "STRING", "BOOLEAN"),
    "BIGINT": (*NUMBERS, "STRING", "BOOLEAN"),
    "DECIMAL": (*NUMBERS, "STRING", "BOOLEAN"),
}
"""Type -> types into which CAST converts it."""


class Problem(NamedTuple):
    """A place of a query, and what is wrong there."""

    line: int
    field: str | None
    """The field of the target."""
    what: str


def faults(
    query: exp.Query, table: str, source: Sequence[Field], target: Sequence[Field]
) -> Iterator[Problem]:
    """Yield the columns whose values do not fit the field of the same name, and impossible casts.

    table: that of the source's fields.
    """
    lines = {item.alias_or_name: line_of(item) for item in query.selects}
    types: dict[str, object] = {table: {field.name: field.type.flink for field in source}}
    try:
        typed = qualify(query.copy(), schema=types, dialect=Flink, validate_qualify_columns=False)
        typed = annotate_types(typed, schema=types, dialect=Flink)
    except SqlglotError:
        return
    fields = {field.name: field for field in target}
    nullable = {field.name for field in source if field.nullable}
    for item in typed.selects:
        field = fields.get(item.alias_or_name)
        line = lines.get(item.alias_or_name, 1)
        value = item.unalias()
        what = _uncast(value)
        if what is None and field:
            what = _unfit(value, field, nullable)
        if what:
            name = field.name if field else None
            yield Problem(line, name, f"{item.alias_or_name}: {what}")


def _uncast(value: exp.Expr) -> str | None:
    """Return what is wrong with a CAST in an expression."""
    for cast in value.find_all(exp.Cast):
        begin, end = _group(cast.this), TYPES.get(cast.to.this)
        if begin and end and begin != end and end not in CAST[begin]:
            return f"Flink has no CAST of {begin} AS {end}"
        inner = cast.this
        if isinstance(inner, exp.Literal) and inner.is_string and not _is_of(inner.this, end):
            return f"'{inner.this}' is no value of {end}"
    return None


def _unfit(value: exp.Expr, field: Field, nullable: set[str]) -> str | None:
    if not field.nullable and _may_be_null(value, nullable):
        return "it may be null, and the field takes no null: expected COALESCE"
    begin, end = _group(value), name_of(field.type.flink)
    if begin is None or end is None or fits(begin, end):
        return None
    if begin in NUMBERS and end in NUMBERS and not isinstance(value, exp.Column | exp.Cast):
        return None  # SQLGlot and Flink give the result of an operation other widths
    return f"it is of type {begin}, the field of type {field.type.flink}: expected a CAST"


def _may_be_null(value: exp.Expr, nullable: set[str]) -> bool:
    while isinstance(value, exp.Cast | exp.Paren):
        value = value.this
    is_null = isinstance(value, exp.Null)
    return is_null or (isinstance(value, exp.Column) and value.name in nullable)


def _group(value: exp.Expr) -> str | None:
    return TYPES.get(value.type.this) if value.type else None


def _is_of(text: str, group: str | None) -> bool:
    """Return False for a text that CAST cannot convert into a number or truth value."""
    if group == "BOOLEAN":
        return text.strip().lower() in ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")
    if group in NUMBERS:
        try:
            return Decimal(text.strip()).is_finite()
        except InvalidOperation:
            return False
    return True
