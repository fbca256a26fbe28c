"""Random values of an Avro schema, and their binary encoding (Avro 1.12 specification).

The schema is a document as JSON has it; a value of a union is (number of its branch, value).
"""

import random
import struct
from typing import Any

Document = Any
EXAMPLES: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "int": [0, -1, 2**31 - 1, -(2**31), 300],
    "long": [0, -1, 2**63 - 1, -(2**63), 2**40],
    "float": [0.0, 1.5, -2.0],
    "double": [0.0, 1.5, -2.0],
    "bytes": [b"", b"abc", "é".encode()],
    "string": ["", "abc", "é"],
}
PRIMITIVES = list(EXAMPLES)


def value(schema: Document, chance: random.Random) -> Any:
    """Make a random value of a schema; a union's is (number of branch, value)."""
    return _Values(chance).value(schema, "", 0)


class NoValueError(ValueError):
    """The schema has no value, or none that is small."""


class _Names:
    def __init__(self) -> None:
        self.named: dict[str, tuple[Document, str]] = {}

    def define(self, schema: Document, space: str) -> None:
        """Register the named types of a schema, whether or not the value has them."""
        parts = schema if isinstance(schema, list) else []
        if isinstance(schema, dict):
            if "name" in schema:
                space = schema.get("namespace", space)
                self.named[f"{space}.{schema['name']}" if space else schema["name"]] = schema, space
            parts = [schema[word] for word in ("items", "values") if word in schema]
            parts += [field["type"] for field in schema.get("fields", [])]
        for part in parts:
            self.define(part, space)


class _Values(_Names):
    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    def value(self, schema: Document, space: str, depth: int) -> Any:
        if depth > 12:
            raise NoValueError
        if isinstance(schema, list):
            return self.of_union(schema, space, depth)
        if isinstance(schema, str):
            if schema in PRIMITIVES:
                return self.primitive(schema)
            full = schema if "." in schema or not space else f"{space}.{schema}"
            there, space = self.named[full]
            return self.of_object(there, space, depth)
        if "name" in schema:
            space = schema.get("namespace", space)
            full = f"{space}.{schema['name']}" if space else schema["name"]
            self.named[full] = schema, space
        return self.of_object(schema, space, depth)

    def of_union(self, schema: Document, space: str, depth: int) -> Any:
        self.define(schema, space)
        order = list(range(len(schema)))
        self.chance.shuffle(order)
        if depth > 5:
            order.sort(key=lambda n: schema[n] != "null")
        for number in order:
            try:
                return number, self.value(schema[number], space, depth + 1)
            except NoValueError:
                continue
        raise NoValueError

    def of_object(self, schema: Document, space: str, depth: int) -> Any:
        self.define(schema, space)
        count = self.chance.randint(0, 2) if depth < 6 else 0
        match schema["type"]:
            case "record":
                return {
                    field["name"]: self.value(field["type"], space, depth + 1)
                    for field in schema["fields"]
                }
            case "array":
                return [self.value(schema["items"], space, depth + 1) for _ in range(count)]
            case "map":
                return {
                    str(n): self.value(schema["values"], space, depth + 1) for n in range(count)
                }
            case "enum":
                return self.chance.choice(schema["symbols"])
            case "fixed":
                return self.chance.randbytes(schema["size"])
        return self.value(schema["type"], space, depth + 1)

    def primitive(self, kind: str) -> Any:
        return self.chance.choice([*EXAMPLES[kind]])


def encoded(schema: Document, datum: Any) -> bytes:
    """Encode a value."""
    return _Encoder().of(schema, datum, "")


class _Encoder(_Names):
    def of(self, schema: Document, datum: Any, space: str) -> bytes:
        if isinstance(schema, list):
            self.define(schema, space)
            number, inner = datum
            return _varint(number) + self.of(schema[number], inner, space)
        if isinstance(schema, str) and schema in EXAMPLES:
            return _primitive(schema, datum)
        if isinstance(schema, str):
            schema, space = self.named[schema if "." in schema else f"{space}.{schema}".lstrip(".")]
        return self.of_object(schema, datum, space)

    def of_object(self, schema: Document, datum: Any, space: str) -> bytes:
        self.define(schema, space)
        space = schema.get("namespace", space)
        kind = schema["type"]
        if kind == "record":
            fields = schema["fields"]
            return b"".join(self.of(f["type"], datum[f["name"]], space) for f in fields)
        if kind in ("array", "map"):
            return self.blocks(schema, datum, space)
        if kind == "enum":
            return _varint(schema["symbols"].index(datum))
        if kind == "fixed":
            return bytes(datum)
        return self.of(kind, datum, space)

    def blocks(self, schema: Document, datum: Any, space: str) -> bytes:
        if schema["type"] == "array":
            items = [self.of(schema["items"], item, space) for item in datum]
        else:
            items = [
                _primitive("string", key) + self.of(schema["values"], item, space)
                for key, item in datum.items()
            ]
        return (_varint(len(items)) + b"".join(items) if items else b"") + b"\0"


def _primitive(kind: str, datum: Any) -> bytes:
    if kind in ("bytes", "string"):
        data = datum if isinstance(datum, bytes) else datum.encode()
        return _varint(len(data)) + data
    if kind in ("float", "double"):
        return struct.pack("<f" if kind == "float" else "<d", datum)
    if kind == "boolean":
        return bytes([datum])
    return b"" if kind == "null" else _varint(datum)


def _varint(number: int) -> bytes:
    rest, made = (number << 1) ^ (number >> 63), bytearray()
    while rest > 127:
        made.append(rest & 127 | 128)
        rest >>= 7
    return bytes([*made, rest])
