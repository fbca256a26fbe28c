"""Projection of a writer's schema onto a contract: the steps that decode its records.

Avro 1.12 specification, "Schema Resolution", with one restriction: values keep their meaning, so
a different logical type is refused, as is a different name or namespace of the record.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.avro import decode
from schemas.avro.decode import Read
from schemas.avro.field_default import default_value
from schemas.avro.skip import Skipper, UnreadableSchemaError, full_name, name_and_type
from schemas.record import Field, Record, setter

READS: dict[tuple[str, str], Read] = {
    ("string", "string"): decode.text,
    ("bytes", "string"): decode.text,
    ("bytes", "bytes"): decode.octets,
    ("boolean", "boolean"): decode.boolean,
    ("int", "int"): decode.integer,
    ("int", "long"): decode.integer,
    ("long", "long"): decode.long,
    ("long", "timestamp-millis"): decode.time,
}
"""(writer's primitive type, contract's field type) -> reader. Decimals need their scale."""

Put = Callable[[Any, Any], None]
Step = tuple[str, Read, Put]
"""(field name, reader, setter of the record's field)."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """A primitive type with its logical type."""

    primitive: str
    logical: tuple[Any, ...] = ()
    """("decimal", precision, scale), (name,) of another logical type, or ()."""

    def __str__(self) -> str:
        if len(self.logical) == 3:
            return f"{self.primitive} decimal({self.logical[1]}, {self.logical[2]})"
        return " ".join((self.primitive, *self.logical))


def steps(record_type: type[Record], written: str) -> list[Step]:
    """Plan the decoding of records that were written with a schema.

    Returns one step a field of the writer, in its order, after a step for each field that only
    the contract has. Raises UnreadableSchemaError when no record of that schema can become one of
    the contract.
    """
    writer = _record_schema(written)
    name = full_name(writer["name"], writer.get("namespace"))
    if name != record_type.FULL_NAME:
        raise UnreadableSchemaError(f"is {name}, not {record_type.FULL_NAME}")
    skips = Skipper().fields(name, writer["fields"])
    targets = _targets(record_type.FIELDS, [field["name"] for field in writer["fields"]])
    filled = [field.name for field in targets.values()]
    planned: list[Step] = [
        (field.name, decode.constant(_default(field)), setter(record_type, field.name))
        for field in record_type.FIELDS
        if field.name not in filled
    ]
    for source, skip in zip(writer["fields"], skips, strict=True):
        target = targets.get(source["name"])
        if target is None:
            planned.append((source["name"], skip, _discard))
        else:
            read = _field_reader(target, source["type"])
            planned.append((target.name, read, setter(record_type, target.name)))
    return planned


def is_same(record_type: type[Record], written: str) -> bool:
    """Return True when a readable schema has the contract's fields, in its order, and no others."""
    writer, reader = _record_schema(written), _record_schema(record_type.SCHEMA)
    return [(field["name"], field["type"]) for field in writer["fields"]] == [
        (field["name"], field["type"]) for field in reader["fields"]
    ]


def key_reads(record_type: type[Record]) -> list[Read]:
    """Return the readers of a key's fields, in order; all versions of a key are alike."""
    fields = {field.name: field for field in record_type.FIELDS}
    parts = json.loads(record_type.KEY_SCHEMA)["fields"]
    return [_field_reader(fields[part["name"]], part["type"]) for part in parts]


def _record_schema(written: str) -> dict[str, Any]:
    try:
        document = json.loads(written)
    except ValueError as error:
        raise UnreadableSchemaError(f"is no JSON ({error})") from None
    match document:
        case {"type": "record", "name": str(), "fields": list(fields)}:
            names = {name_and_type(field)[0] for field in fields}
            if len(names) < len(fields):
                raise UnreadableSchemaError("has a field twice")
            return dict(document)
    raise UnreadableSchemaError("is no record of Avro's")


def _targets(fields: tuple[Field, ...], sources: list[str]) -> dict[str, Field]:
    """Map the writer's fields to the contract's, by name or alias."""
    targets: dict[str, Field] = {}
    for field in fields:
        matches = [name for name in (field.name, *field.aliases) if name in sources]
        if len(matches) > 1:
            raise UnreadableSchemaError(
                f"has several fields for {field.name}: {', '.join(matches)}"
            )
        if matches and targets.setdefault(matches[0], field) is not field:
            raise UnreadableSchemaError(f"has one field, {matches[0]}, for several")
    return targets


def _discard(_: Any, __: Any) -> None:
    """Drop a value that the contract has no field for."""


def _field_reader(field: Field, schema: Any) -> Read:
    """Return the reader of a field. Raises UnreadableSchemaError with its name."""
    try:
        return _reader(field, schema)
    except UnreadableSchemaError as error:
        raise UnreadableSchemaError(f"has {field.name} as {error}") from None


def _reader(field: Field, schema: Any) -> Read:
    """Return the reader of a writer's type for a field. Raises UnreadableSchemaError."""
    if isinstance(schema, dict) and not isinstance(schema["type"], str):
        return _reader(field, schema["type"])
    if isinstance(schema, list):
        return decode.union([_branch_reader(field, branch) for branch in schema])
    source, target = _value_type(schema), _declared_type(field)
    if source.primitive == "null" and field.nullable:
        return decode.nothing
    if source.logical == target.logical:
        if (source.primitive, field.type) == ("bytes", "decimal"):
            return decode.decimal(field.scale)
        read = READS.get((source.primitive, field.type))
        if read:
            return read
    raise UnreadableSchemaError(f"{source} where {_expected(field)} is expected")


def _branch_reader(field: Field, schema: Any) -> Read:
    """Return the reader of a union's branch; one that never fits fails on its first value."""
    try:
        return _reader(field, schema)
    except UnreadableSchemaError as error:
        return decode.refusing(str(error))


def _value_type(schema: Any) -> ValueType:
    if isinstance(schema, str):
        return ValueType(schema)
    logical = schema.get("logicalType")
    if logical == "decimal":
        parameters = schema.get("precision"), schema.get("scale", 0)
        return ValueType(schema["type"], (logical, *parameters))
    return ValueType(schema["type"], (logical,) if isinstance(logical, str) else ())


def _declared_type(field: Field) -> ValueType:
    if field.type == "decimal":
        return ValueType("bytes", (field.type, field.precision, field.scale))
    if field.type == "timestamp-millis":
        return ValueType("long", (field.type,))
    return ValueType(field.type)


def _expected(field: Field) -> str:
    return f"{_declared_type(field)}{' or null' if field.nullable else ''}"


def _default(field: Field) -> Any:
    if not field.has_default:
        raise UnreadableSchemaError(
            f"has no field {field.name}, and the contract no default for it"
        )
    try:
        return default_value(field)
    except ValueError:
        raise UnreadableSchemaError(
            f"lacks {field.name}, whose default {field.default!r} is no {_expected(field)}"
        ) from None
