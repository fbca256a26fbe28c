"""Readers that check and skip values of any Avro type: fields that a contract does not have.

Avro 1.12 specification. Time and memory are bounded by the number of bytes, whatever lengths and
counts they claim and whatever the schema.
"""

from typing import Any

from schemas.avro import decode
from schemas.avro.decode import Read, nothing

NAMED = ("record", "error", "enum", "fixed")
LARGEST_COUNT = 2**31 - 1
"""Limit of the items in a block."""


class UnreadableSchemaError(ValueError):
    """A schema that is not Avro's or cannot be read as the contract; the message has the reason."""


def fixed(size: int) -> Read:
    def read(data: bytes, at: int) -> tuple[None, int]:
        if at + size > len(data):
            raise IndexError
        return None, at + size

    return read if size else nothing


PRIMITIVES: dict[str, Read] = {
    "null": nothing,
    "boolean": decode.boolean,
    "int": decode.integer,
    "long": decode.long,
    "float": fixed(4),
    "double": fixed(8),
    "bytes": decode.skipped_bytes,
    "string": decode.text,
}


class Skipper:
    """Makes the readers that skip the types of one writer's schema, in the schema's order."""

    def __init__(self) -> None:
        self._named: dict[str, Read] = {}

    def over(self, schema: Any, space: str) -> Read:
        """Return the reader of a type in a namespace. Raises UnreadableSchemaError."""
        match schema:
            case str():
                return self._known(schema, space)
            case list():
                return decode.union([self.over(part, space) for part in schema])
            case {"type": "array", "items": items}:
                return blocks(self.over(items, space))
            case {"type": "map", "values": values}:
                return blocks(_sequence([decode.text, self.over(values, space)]))
            case {"type": kind, "name": str(name)} if kind in NAMED:
                return self._new(full_name(name, schema.get("namespace", space)), schema)
            case {"type": inner}:
                return self.over(inner, space)
        raise UnreadableSchemaError(f"{str(schema)[:80]!r} is no type of Avro's")

    def fields(self, full: str, fields: list[Any]) -> list[Read]:
        """Return the readers of a record's fields. Raises UnreadableSchemaError."""

        def itself(data: bytes, at: int) -> tuple[Any, int]:
            return self._named[full](data, at)

        self._define(full, itself)
        space = full.rpartition(".")[0]
        reads = [self.over(name_and_type(field)[1], space) for field in fields]
        self._named[full] = _sequence(reads)
        return reads

    def _known(self, name: str, space: str) -> Read:
        read = PRIMITIVES.get(name) or self._named.get(full_name(name, space))
        read = read or self._named.get(name)
        if read is None:
            raise UnreadableSchemaError(f"{name!r} is defined nowhere in it")
        return read

    def _new(self, full: str, schema: dict[str, Any]) -> Read:
        match schema:
            case {"type": "enum", "symbols": list(symbols)}:
                self._define(full, decode.union([nothing] * len(symbols)))
            case {"type": "fixed", "size": int(size)} if size >= 0:
                self._define(full, fixed(size))
            case {"type": "record" | "error", "fields": list(fields)}:
                self.fields(full, fields)
            case _:
                raise UnreadableSchemaError(f"{full!r} is not all that a {schema['type']} needs")
        return self._named[full]

    def _define(self, full: str, read: Read) -> None:
        if full in self._named or full in PRIMITIVES:
            raise UnreadableSchemaError(f"{full!r} is defined twice")
        self._named[full] = read


def blocks(item: Read) -> Read:
    """Return the reader that skips the items of an array, or the entries of a map."""

    def read(data: bytes, at: int) -> tuple[None, int]:
        while True:
            count, at = decode.long(data, at)
            if count == 0:
                return None, at
            end = None
            if count < 0:
                count = -count
                size, at = decode.length(data, at)
                end = at + size
            if count > LARGEST_COUNT:
                raise ValueError(f"a block of {count} items")
            for _ in range(count if item is not nothing else 0):
                _, at = item(data, at)
            if end not in (None, at):
                raise ValueError("a block that is not as long as it says")

    return read


def name_and_type(field: Any) -> tuple[str, Any]:
    """Return the name and the type of a record's field. Raises UnreadableSchemaError."""
    match field:
        case {"name": str(name), "type": kind}:
            return name, kind
    raise UnreadableSchemaError(f"{str(field)[:80]!r} is no field with a name and a type")


def full_name(name: str, space: Any) -> str:
    return name if "." in name or not isinstance(space, str) or not space else f"{space}.{name}"


def _sequence(reads: list[Read]) -> Read:
    """Return the reader of values in a row, without those that take no bytes."""
    some = [read for read in reads if read is not nothing]

    def read(data: bytes, at: int) -> tuple[None, int]:
        for each in some:
            _, at = each(data, at)
        return None, at

    return read if some else nothing
