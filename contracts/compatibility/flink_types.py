"""What Flink's Avro format (flink-avro 2.3) cannot hold in a table's columns.

Its AvroSchemaConverter gives fixed as VARBINARY (and writes bytes), microseconds as TIMESTAMP(6)
(and refuses to write them), nanoseconds and local timestamps as a bare BIGINT, unions as RAW, and
ends in a StackOverflowError on recursion.
"""

from collections.abc import Iterator

from schemas.avro.defaults import has_right_kind
from schemas.avro.schema import Schema

HELD = {
    "date": "int",
    "time-millis": "int",
    "timestamp-millis": "long",
    "uuid": "string",
    "decimal": "bytes",
}
"""Logical types that a column holds, and the type below them."""
LARGEST_PRECISION = 38


def lacking(
    schema: Schema, path: str = "", within: tuple[Schema, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(path, what is lacking) of each place in a schema that no column can hold."""
    if schema in within:
        yield path, f"{schema} holds itself, a Flink row cannot"
        return
    reason = _reason(schema)
    if reason:
        yield path, reason
    for field in schema.fields:
        first = field.type.parts[0] if field.type.kind == "union" and field.type.parts else None
        if first and field.has_default and not has_right_kind(first, field.default):
            yield (
                f"{path}/fields/{field.name}",
                "Flink's Avro (1.11) wants a default of the first branch",
            )
    for place, inner in _inner(schema):
        if inner.kind != "null" or schema.kind != "union":
            yield from lacking(inner, path + place, (*within, schema))


def enums(schema: Schema, path: str = "", within: tuple[Schema, ...] = ()) -> Iterator[str]:
    """The paths of the enums in a schema."""
    if schema.kind == "enum":
        yield path
    if schema not in within:
        for place, inner in _inner(schema):
            yield from enums(inner, path + place, (*within, schema))


def _inner(schema: Schema) -> list[tuple[str, Schema]]:
    if schema.kind == "record":
        return [(f"/fields/{field.name}/type", field.type) for field in schema.fields]
    if schema.kind == "union":
        return [(f"/{number}", part) for number, part in enumerate(schema.parts)]
    return [("/items" if schema.kind == "array" else "/values", part) for part in schema.parts]


def _reason(schema: Schema) -> str | None:
    logical = schema.logical
    if schema.kind == "fixed":
        return f"{schema} would be VARBINARY, which is written as bytes"
    if schema.kind == "null":
        return "a column that is always null has no type"
    if schema.kind == "union" and (len(schema.parts) != 2 or not schema.nullable):
        return f'the union {schema} is not ["null", one other type]'
    if schema.decimal and (schema.decimal.precision or 0) > LARGEST_PRECISION:
        return f"{logical} has more than {LARGEST_PRECISION} digits"
    if logical and (
        HELD.get(logical.name) != schema.kind or (logical.name == "decimal" and not schema.decimal)
    ):
        return f"Flink does not know {logical} on {schema.kind}"
    return None
