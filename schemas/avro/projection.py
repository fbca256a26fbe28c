"""How what one schema wrote becomes a record of a contract.

Avro 1.12 specification, "Schema Resolution", where values keep their meaning: a logical type that
differs is refused, as is another name or namespace of the record. A contract's fields are of the
types that contracts.types names.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.avro import decode
from schemas.avro.decode import INT, Read
from schemas.avro.encode import EPOCH, MILLISECOND
from schemas.avro.skip import Skipper, UnreadableSchemaError, full_name, name_and_type
from schemas.record import Record

LONG = range(-(2**63), 2**63)
WHOLE = {"int": INT, "long": LONG, "timestamp-millis": LONG}
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
"""(the writer's type, the contract's logical or else plain type) -> how it is read."""

Put = Callable[[Any, Any], None]
Step = tuple[str, Read, Put]
"""(field, how it is read, what puts it into the record)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a type's bytes are, and what they stand for."""

    kind: str
    logical: tuple[Any, ...] = ()
    """(decimal, precision, scale), (name,) of another logical type, or ()."""

    @property
    def name(self) -> str:
        return self.logical[0] if self.logical else self.kind

    def __str__(self) -> str:
        if len(self.logical) == 3:
            return f"{self.kind} decimal({self.logical[1]}, {self.logical[2]})"
        return " ".join((self.kind, *self.logical))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A contract's type: its meaning, and whether null is allowed."""

    meaning: Meaning
    nullable: bool

    def __str__(self) -> str:
        return f"{self.meaning} or null" if self.nullable else str(self.meaning)


def steps(kind: type[Record], written: str) -> list[Step]:
    """What to read, one after another, to fill a record from the bytes of a writer's schema.

    Raises UnreadableSchemaError when no record of that schema can become one of the contract.
    """
    contract = json.loads(kind.SCHEMA)
    writer = _record_of(written)
    name = full_name(writer["name"], writer.get("namespace"))
    expected = full_name(contract["name"], contract.get("namespace"))
    if name != expected:
        raise UnreadableSchemaError(f"is {name}, not {expected}")
    passing = Skipper().fields(name, writer["fields"])
    readers = _readers(contract["fields"], [field["name"] for field in writer["fields"]])
    filled = [field["name"] for field in readers.values()]
    made: list[Step] = [
        (field["name"], decode.constant(_default(field)), _put(kind, field["name"]))
        for field in contract["fields"]
        if field["name"] not in filled
    ]
    for theirs, over in zip(writer["fields"], passing, strict=True):
        ours = readers.get(theirs["name"])
        if ours is None:
            made.append((theirs["name"], over, _leave_out))
        else:
            made.append((ours["name"], _field(ours, theirs["type"]), _put(kind, ours["name"])))
    return made


def _record_of(written: str) -> dict[str, Any]:
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


def _readers(fields: list[dict[str, Any]], names: list[str]) -> dict[str, dict[str, Any]]:
    """The writer's field -> the contract's, found by its name or an alias."""
    readers: dict[str, dict[str, Any]] = {}
    for field in fields:
        found = [name for name in (field["name"], *field.get("aliases", ())) if name in names]
        if len(found) > 1:
            raise UnreadableSchemaError(
                f"has several fields for {field['name']}: {', '.join(found)}"
            )
        if found and readers.setdefault(found[0], field) is not field:
            raise UnreadableSchemaError(f"has one field, {found[0]}, for several")
    return readers


def _put(kind: type[Record], name: str) -> Put:
    """The slot's own setter: it fills a frozen record, in half the time of __init__."""
    setter: Put = kind.__dict__[name].__set__
    return setter


def _leave_out(_: Any, __: Any) -> None:
    """The contract does not have it."""


def _wanted(schema: Any) -> Wanted:
    if isinstance(schema, list):
        return Wanted(_meaning(schema[1]), nullable=True)
    return Wanted(_meaning(schema), nullable=False)


def _meaning(schema: Any) -> Meaning:
    if isinstance(schema, str):
        return Meaning(schema)
    logical = schema.get("logicalType")
    if logical == "decimal":
        return Meaning(schema["type"], (logical, schema.get("precision"), schema.get("scale", 0)))
    return Meaning(schema["type"], (logical,) if isinstance(logical, str) else ())


def _field(field: dict[str, Any], theirs: Any) -> Read:
    """How a contract's field is read. Raises UnreadableSchemaError with its name."""
    try:
        return _read(_wanted(field["type"]), theirs)
    except UnreadableSchemaError as error:
        raise UnreadableSchemaError(f"has {field['name']} as {error}") from None


def _read(wanted: Wanted, schema: Any) -> Read:
    """The reader of a writer's type. Raises UnreadableSchemaError when no value can be read."""
    if isinstance(schema, dict) and not isinstance(schema["type"], str):
        return _read(wanted, schema["type"])
    if isinstance(schema, list):
        return decode.union([_branch(wanted, part) for part in schema])
    theirs, ours = _meaning(schema), wanted.meaning
    if theirs.kind == "null" and wanted.nullable:
        return decode.nothing
    if theirs.logical == ours.logical:
        if (theirs.kind, ours.name) == ("bytes", "decimal"):
            return decode.decimal(ours.logical[2])
        read = READS.get((theirs.kind, ours.name))
        if read:
            return read
    raise UnreadableSchemaError(f"{theirs} where {wanted} is expected")


def _branch(wanted: Wanted, schema: Any) -> Read:
    """The same for a branch of a union: only a value of it is refused."""
    try:
        return _read(wanted, schema)
    except UnreadableSchemaError as error:
        return decode.refusing(str(error))


def _default(field: dict[str, Any]) -> Any:
    """The default of a contract's field, as its records have it. Raises UnreadableSchemaError."""
    name, wanted = field["name"], _wanted(field["type"])
    if "default" not in field:
        raise UnreadableSchemaError(f"has no field {name}, and the contract no default for it")
    kind, default = wanted.meaning.name, field["default"]
    try:
        match kind, default:
            case _, None if wanted.nullable:
                value: Any = None
            case ("string", str()) | ("boolean", bool()):
                value = default
            case "bytes", str():
                value = default.encode("latin-1")
            case "decimal", str():
                value = decode.decimal_value(default.encode("latin-1"), wanted.meaning.logical[2])
            case _ if kind in WHOLE and type(default) is int and default in WHOLE[kind]:
                value = EPOCH + default * MILLISECOND if kind == "timestamp-millis" else default
            case _:
                raise ValueError
    except (ValueError, OverflowError):
        raise UnreadableSchemaError(
            f"lacks {name}, whose default {default!r} is no {wanted}"
        ) from None
    return value
