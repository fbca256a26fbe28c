"""Meaning of bytes by the Avro 1.12 specification alone: the oracle of the decoder's tests.

First the bytes become a tree by the writer's schema, as if there were no reader ("Binary
Encoding"); a union's value is (number of its branch, value). Then the tree is taken as the record
of a contract ("Schema Resolution"), or as what the writer's own types say ("Logical Types").
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

Document = Any
ITEM_LIMIT = 2**31 - 1


class NoMeaningError(ValueError):
    """The bytes encode no value of the schema."""


class TooLargeError(NoMeaningError):
    """A time outside of the years 1 to 9999, or a decimal of more than 38 digits."""


def tree(data: bytes, writer: Document) -> Any:
    """The value of all of the bytes. Raises NoMeaningError."""
    source = _Bytes(data)
    try:
        read = _Tree(source).of(writer, "")
    except RecursionError:
        raise NoMeaningError from None
    if source.rest:
        raise NoMeaningError("bytes are left")
    return read


@dataclass
class _Bytes:
    rest: bytes

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.rest):
            raise NoMeaningError("too few bytes")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def long(self, longest: int = 10) -> int:
        groups: list[int] = []
        while not groups or groups[-1] >= 128:
            groups += self.take(1)
        if len(groups) > longest:
            raise NoMeaningError("too long a number")
        zigzag: int = sum((group % 128) * 128**n for n, group in enumerate(groups))
        if zigzag >= 2**64:
            raise NoMeaningError("no 64 bits")
        return zigzag // 2 if zigzag % 2 == 0 else -(zigzag + 1) // 2


class _Tree:
    def __init__(self, source: _Bytes) -> None:
        self.source = source
        self.named: dict[str, tuple[Document, str]] = {}

    def of(self, schema: Document, space: str) -> Any:
        self.define(schema, space)
        if isinstance(schema, list):
            number = self.source.long(5)
            if number not in range(len(schema)):
                raise NoMeaningError("no such branch")
            return number, self.of(schema[number], space)
        if isinstance(schema, dict):
            return self.of_object(schema, schema.get("namespace", space))
        if schema in self.named or f"{space}.{schema}" in self.named:
            return self.of(*self.named.get(schema) or self.named[f"{space}.{schema}"])
        return self.primitive(schema)

    def of_object(self, schema: Document, space: str) -> Any:
        match schema["type"]:
            case "record":
                return {f["name"]: self.of(f["type"], space) for f in schema["fields"]}
            case "enum":
                number = self.source.long(5)
                if number not in range(len(schema["symbols"])):
                    raise NoMeaningError("no such symbol")
                return schema["symbols"][number]
            case "fixed":
                return self.source.take(schema["size"])
            case "array":
                return self.items(schema["items"], space, keys=False)
            case "map":
                return self.items(schema["values"], space, keys=True)
        return self.of(schema["type"], space)

    def items(self, kind: Document, space: str, keys: bool) -> list[Any]:
        items: list[Any] = []
        while count := self.source.long():
            before, size = None, 0
            if count < 0:
                count, size = -count, self.source.long()
                if not 0 <= size <= len(self.source.rest):
                    raise NoMeaningError("no such block")
                before = len(self.source.rest)
            if count > ITEM_LIMIT:
                raise NoMeaningError("too many items")
            for _ in range(count):
                left = len(self.source.rest)
                items.append((self.primitive("string") if keys else None, self.of(kind, space)))
                if left == len(self.source.rest):
                    break  # all of the others are as empty
            if before is not None and before - len(self.source.rest) != size:
                raise NoMeaningError("another size of block")
        return items

    def primitive(self, kind: str) -> Any:
        match kind:
            case "null":
                return None
            case "boolean":
                byte = self.source.take(1)
                if byte not in (b"\0", b"\1"):
                    raise NoMeaningError("no boolean")
                return byte == b"\1"
            case "int" | "long":
                number = self.source.long(5 if kind == "int" else 10)
                if kind == "int" and abs(number + 0.5) > 2**31:
                    raise NoMeaningError("no int")
                return number
            case "float" | "double":
                form = "<f" if kind == "float" else "<d"
                return struct.unpack(form, self.source.take(struct.calcsize(form)))[0]
        data = self.source.take(self.source.long())
        if kind == "bytes":
            return data
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError:
            raise NoMeaningError("no UTF-8") from None

    def define(self, schema: Document, space: str) -> None:
        parts = schema if isinstance(schema, list) else []
        if isinstance(schema, dict):
            if "name" in schema:
                space = schema.get("namespace", space)
                self.named[f"{space}.{schema['name']}".lstrip(".")] = schema, space
            parts = [schema[word] for word in ("items", "values") if word in schema]
            parts += [field["type"] for field in schema.get("fields", [])]
        for part in parts:
            self.define(part, space)


def as_record(contract: Document, writer: Document, value: dict[str, Any]) -> dict[str, Any]:
    """The fields of a contract's record, from a tree of the writer's. Raises NoMeaningError."""
    if any(contract.get(word) != writer.get(word) for word in ("name", "namespace")):
        raise NoMeaningError("another record")
    types = {field["name"]: field["type"] for field in writer["fields"]}
    claims: list[str] = []
    record = {}
    for field in contract["fields"]:
        names = [name for name in [field["name"], *field.get("aliases", [])] if name in types]
        claims += names
        if len(names) > 1:
            raise NoMeaningError("two fields for one")
        if names:
            record[field["name"]] = _resolved(field["type"], types[names[0]], value[names[0]])
        elif "default" in field:
            record[field["name"]] = default(field)
        else:
            raise NoMeaningError("no default")
    if len(set(claims)) < len(claims):
        raise NoMeaningError("one field for two")
    return record


def default(field: Document) -> Any:
    """Return the value of a field that the writer does not have. Raises NoMeaningError."""
    given, kind = field["default"], field["type"]
    if isinstance(kind, list):
        return given
    if isinstance(given, str) and isinstance(kind, dict):
        if any(ord(letter) > 255 for letter in given):
            raise NoMeaningError("no bytes")
        given = bytes(map(ord, given))
    return meaning(kind, given)


def meaning(kind: Document, value: Any) -> Any:
    """Convert a tree's value of a simple type, or a union of these, by its logical type."""
    if isinstance(kind, list):
        number, inner = value
        return meaning(kind[number], inner)
    kind = _plain(kind)
    logical = kind.get("logicalType") if isinstance(kind, dict) else None
    if logical == "decimal" and isinstance(value, bytes):
        if not value:
            raise NoMeaningError("no number of no bytes, as in Java")
        unscaled = sum(byte * 256**n for n, byte in enumerate(reversed(value)))
        unscaled -= 256 ** len(value) if value and value[0] > 127 else 0
        if abs(unscaled) >= 10**38:
            raise TooLargeError
        with localcontext(prec=60):
            return Decimal(unscaled) / 10 ** kind.get("scale", 0)
    if logical in ("timestamp-millis", "timestamp-micros") and type(value) is int:
        try:
            micros = value * 1000 if logical == "timestamp-millis" else value
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
        except OverflowError:
            raise TooLargeError from None
    return value


def _resolved(ours: Document, theirs: Document, value: Any) -> Any:
    if isinstance(theirs, list):
        number, inner = value
        return _resolved(ours, theirs[number], inner)
    theirs = _plain(theirs)
    if isinstance(theirs, list):
        return _resolved(ours, theirs, value)
    if isinstance(ours, list):
        return None if theirs == "null" else _resolved(ours[1], theirs, value)
    if _sense(ours) != _sense(theirs):
        raise NoMeaningError("another meaning")
    same = {"long": ("long", "int"), "string": ("string", "bytes")}
    if _kind(theirs) not in same.get(_kind(ours), (_kind(ours),)):
        raise NoMeaningError("another type")
    if _kind(ours) == "string" and isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise NoMeaningError("no UTF-8") from None
    if (_kind(ours), _kind(theirs)) == ("long", "int") and _sense(ours):
        raise NoMeaningError("another logical type")
    return meaning(ours, value)


def _plain(schema: Document) -> Document:
    """Unwrap a type that is the only attribute of an object."""
    while isinstance(schema, dict) and not isinstance(schema["type"], str):
        schema = schema["type"]
    return schema["type"] if isinstance(schema, dict) and list(schema) == ["type"] else schema


def _kind(schema: Document) -> Any:
    return schema["type"] if isinstance(schema, dict) else schema


def _sense(schema: Document) -> Any:
    if not isinstance(schema, dict) or "logicalType" not in schema:
        return None
    if schema["logicalType"] == "decimal":
        return ("decimal", schema["precision"], schema.get("scale", 0))
    return schema["logicalType"]
