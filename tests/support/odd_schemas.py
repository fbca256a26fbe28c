"""Schemas of writers that a registry may keep: Shipment's with one oddity each."""

import json
from typing import Any

from schemas.generated import Shipment


def _record(**changes: Any) -> str:
    return json.dumps(json.loads(Shipment.SCHEMA) | changes)


def _with(field: dict[str, Any]) -> str:
    """Return the schema with a further field."""
    return _record(fields=[*json.loads(Shipment.SCHEMA)["fields"], field])


def _sku(**changes: Any) -> str:
    fields = json.loads(Shipment.SCHEMA)["fields"]
    return _record(fields=[field | (changes if field["name"] == "sku" else {}) for field in fields])


def _optional(name: str) -> str:
    return _with({"name": name, "type": ["null", "string"], "default": None})


def _named(**type_: Any) -> str:
    return _with({"name": "more", "type": {"name": "More", **type_}})


def _in_text(key: str, value: str) -> str:
    return f'{Shipment.SCHEMA[:-1]}, "{key}": {value}}}'


READ_BY_JAVA = {
    "the contract's own": Shipment.SCHEMA,
    "a field with a letter of another language": _optional("größe"),
    "an own meaning": _sku(type={"type": "string", "logicalType": 5}),
    "a union of one": _sku(type=["string"]),
    "a default of another type": _with({"name": "more", "type": "int", "default": "abc"}),
    "a fixed of no bytes": _named(type="fixed", size=0),
    "half a surrogate pair in its words": _sku(doc="\ud800"),
    "a decimal that is none": _with(
        {"name": "more", "type": {"type": "bytes", "logicalType": "decimal", "precision": -3}}
    ),
    "a long number": _in_text("more", "1" * 1000),
    "deep properties": _in_text("more", "[" * 400 + "]" * 400),
    "a long property": _in_text("x" * 50_000, "1"),
}
REFUSED_BY_JAVA = {
    "a name with a dash": _optional("more-1"),
    "a name that begins with a digit": _optional("1more"),
    "an empty name": _optional(""),
    "a name with half a surrogate pair": _optional("a\ud800"),
    "a name with a number that is no digit": _optional("a²"),
    "an order that is none": _sku(order="upwards"),
    "an order of null": _sku(order=None),
    "an alias that is no list": _sku(aliases="old"),
    "an alias of null": _sku(aliases=None),
    "an alias that is no text": _sku(aliases=[5]),
    "a record's alias that is none": _record(aliases=["a b"]),
    "a type twice in a union": _sku(type=["string", "string"]),
    "a type with a meaning twice in a union": _sku(
        type=["string", {"type": "string", "logicalType": "uuid"}]
    ),
    "a union in a union": _sku(type=[["string", "null"]]),
    "a symbol twice": _named(type="enum", symbols=["A", "A"]),
    "a symbol that is no name": _named(type="enum", symbols=["a-b"]),
    "a symbol of a default that is none": _named(type="enum", symbols=["A"], default="B"),
    "an enum whose name is none": _named(type="enum", name="More-1", symbols=["A"]),
    "a size that is a truth value": _named(type="fixed", size=True),
    "a size of more than an int": _named(type="fixed", size=10**12),
    "a type within a type": _sku(type={"type": {"type": "string"}}),
    "a number of JavaScript": _in_text("more", "NaN"),
    "a number of more digits than JSON's parser takes": _in_text("more", "1" * 1001),
    "properties deeper than JSON's parser goes": _in_text("more", "[" * 1100 + "]" * 1100),
    "a property longer than JSON's parser takes": _in_text("x" * 50_001, "1"),
}
