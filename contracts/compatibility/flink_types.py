"""Avro types that have no column type in Flink's Avro format (flink-avro 2.3).

AvroSchemaConverter maps fixed to VARBINARY (and writes bytes), microseconds to TIMESTAMP(6) (and
refuses to write them), nanoseconds and local timestamps to BIGINT, unions to RAW, and fails with
a StackOverflowError on recursive types.
"""

from collections.abc import Iterator

from schemas.avro.defaults import has_right_kind
from schemas.avro.schema import Schema

SUPPORTED = {
    "date": "int",
    "time-millis": "int",
    "timestamp-millis": "long",
    "uuid": "string",
    "decimal": "bytes",
}
"""Supported logical type -> its underlying type."""
LARGEST_PRECISION = 38


def unsupported(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield (path, reason) of each type that Flink does not support; of a record's once."""
    return _unsupported(schema, "", (), set())


def _unsupported(
    schema: Schema, path: str, within: tuple[Schema, ...], known: set[Schema]
) -> Iterator[tuple[str, str]]:
    if schema in within:
        yield path, f"{schema} is recursive"
        return
    if schema in known:
        return
    # Records that others share may be reached by a number of paths that grows exponentially.
    known.update([schema] if schema.kind == "record" else [])
    reason = _reason(schema)
    if reason:
        yield path, reason
    for field in schema.fields:
        first = field.type.parts[0] if field.type.kind == "union" and field.type.parts else None
        if first and field.has_default and not has_right_kind(first, field.default):
            yield (
                f"{path}/fields/{field.name}",
                "Avro 1.11, which Flink uses, expects a default of the first branch",
            )
    for place, inner in _inner(schema):
        if inner.kind != "null" or schema.kind != "union":
            yield from _unsupported(inner, path + place, (*within, schema), known)


def enums(schema: Schema) -> Iterator[str]:
    """Yield the path of each enum in a schema; of those in a record once."""
    return _enums(schema, "", set())


def _enums(schema: Schema, path: str, known: set[Schema]) -> Iterator[str]:
    if schema.kind == "enum":
        yield path
    if schema not in known:
        known.update([schema] if schema.kind == "record" else [])
        for place, inner in _inner(schema):
            yield from _enums(inner, path + place, known)


def _inner(schema: Schema) -> list[tuple[str, Schema]]:
    if schema.kind == "record":
        return [(f"/fields/{field.name}/type", field.type) for field in schema.fields]
    if schema.kind == "union":
        return [(f"/{number}", part) for number, part in enumerate(schema.parts)]
    return [("/items" if schema.kind == "array" else "/values", part) for part in schema.parts]


def _reason(schema: Schema) -> str | None:
    logical = schema.logical
    if schema.kind == "fixed":
        return f"{schema} becomes VARBINARY, which is written as bytes"
    if schema.kind == "null":
        return "a column of type null has no SQL type"
    if schema.kind == "union" and (len(schema.parts) != 2 or not schema.nullable):
        return f'the union {schema} is not ["null", one other type]'
    if schema.decimal and (schema.decimal.precision or 0) > LARGEST_PRECISION:
        return f"{logical} has more than {LARGEST_PRECISION} digits"
    if logical and (
        SUPPORTED.get(logical.name) != schema.kind
        or (logical.name == "decimal" and not schema.decimal)
    ):
        return f"Flink does not support {logical} on {schema.kind}"
    return None
