"""The first text of a conversion: a SELECT of one contract's fields from the other's topic."""

from collections.abc import Mapping

from connect.errors import UserError
from contracts import naming
from contracts.contract import Contract, Field

LITERALS = ("string", "int", "long", "boolean")
"""Types whose default is written as a literal."""


def select(source: Contract, target: Contract, given: Mapping[str, str]) -> str:
    """Return the SELECT. given: field that the source lacks -> its SQL expression.

    Raises UserError for a field of the target without a value.
    """
    fields = {field.name: field for field in source.fields}
    columns = [_column(field, fields.get(field.name), given) for field in target.fields]
    lacking = [
        field.name for field, column in zip(target.fields, columns, strict=True) if not column
    ]
    if lacking:
        raise UserError(
            f"{source.path.name} has no value for {', '.join(lacking)}, which {target.path.name} "
            "requires: give an SQL expression of the fields of "
            f"{source.path.name}, as --value {lacking[0]}=EXPRESSION."
        )
    return "\n".join(
        [
            f"-- {source.name} as {target.name}.",
            "SELECT",
            ",\n".join(f"  {column}" for column in columns),
            f"FROM {naming.table(source.topic.name)}",
            "",
        ]
    )


def _column(field: Field, source: Field | None, given: Mapping[str, str]) -> str | None:
    if field.name in given:
        return f"{given[field.name]} AS {field.name}"
    if source is None:
        value = _absent(field)
        return value and f"CAST({value} AS {field.type.flink}) AS {field.name}"
    if source.nullable and not field.nullable:
        return None
    if source.type.flink == field.type.flink:
        return field.name
    # Not TRY_CAST: a value that has no other form must not become null.
    return f"CAST({field.name} AS {field.type.flink}) AS {field.name}"


def _absent(field: Field) -> str | None:
    """Return the SQL literal of a field's default; None if there is none."""
    if field.nullable:
        return "NULL"
    if not field.has_default or field.type.logical not in LITERALS:
        return None
    if isinstance(field.default, str):
        return "'" + field.default.replace("'", "''") + "'"
    return str(field.default).upper()
