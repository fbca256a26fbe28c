"""Random pairs of Avro schemas, most of them related by a few edits.

Schemas are documents as JSON has them. All of Avro is there: recursion, aliases with and without
namespace, unions, enums with a default, fixed, references, defaults, promotions, logical types.
"""

import copy
import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Document = Any
Pair = tuple[Document, Document]
PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
NAMES = ["Sale", "Store", "Item", "Unit"]
SPACES = ["a", "b"]
FIELDS = ["f", "g", "h", "i"]
SYMBOLS = ["A", "B", "C", "D"]
LOGICAL: list[dict[str, Any]] = [
    {"type": "int", "logicalType": "date"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 4},
    {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    {"type": "string", "logicalType": "uuid"},
    {"type": "string", "logicalType": "unheard-of"},
]


@st.composite
def pairs(draw: st.DrawFn, decimals: bool = True) -> Pair:
    """Draw (reader, writer). Without `decimals`, none that differ by scale or precision alone."""
    chance = draw(st.randoms(use_true_random=False))
    return pair(chance, decimals)


def pair(chance: random.Random, decimals: bool = True) -> Pair:
    """Make a random pair; the same for the same state of `chance`."""
    writer = _Maker(chance, decimals).schema(3)
    if chance.random() < 0.1:
        return _Maker(chance, decimals).schema(3), writer
    reader = copy.deepcopy(writer)
    for _ in range(chance.randint(0, 3)):
        reader = _edited(reader, chance, decimals)
    return (reader, writer) if chance.random() < 0.5 else (writer, reader)


class _Maker:
    """Makes schemas in which every name is defined once, before it is referred to."""

    def __init__(self, chance: random.Random, decimals: bool) -> None:
        self.chance = chance
        self.logical = LOGICAL if decimals else LOGICAL[:4] + LOGICAL[6:]
        self.free = [f"{space}.{name}" for space in SPACES for name in NAMES]
        chance.shuffle(self.free)
        self.defined: list[str] = []

    def schema(self, depth: int) -> Document:
        kinds = ["primitive", "primitive", "logical", "reference"]
        if depth:
            kinds += [
                "record",
                "record",
                "record",
                "array",
                "map",
                "union",
                "union",
                "enum",
                "fixed",
            ]
        kind = self.chance.choice(kinds)
        if kind == "logical":
            return dict(self.chance.choice(self.logical))
        if kind == "reference" and self.defined:
            return self.chance.choice(self.defined)
        if kind in ("array", "map"):
            word = "items" if kind == "array" else "values"
            return {"type": kind, word: self.schema(depth - 1)}
        if kind == "union":
            return self.union(depth)
        if kind in ("record", "enum", "fixed") and self.free:
            return self.named(kind, depth)
        return self.chance.choice(PRIMITIVES)

    def union(self, depth: int) -> Document:
        branches: dict[str, Document] = {}
        for _ in range(self.chance.randint(1, 4)):
            made = self.schema(depth - 1)
            if not isinstance(made, list):
                branches.setdefault(_branch_name(made), made)
        return list(branches.values())

    def named(self, kind: str, depth: int) -> Document:
        full = self.free.pop()
        self.defined.append(full)
        space, _, name = full.partition(".")
        made: Document = {"type": kind, "name": name, "namespace": space}
        if self.chance.random() < 0.2:
            made["aliases"] = [self.chance.choice([*NAMES, "b.Sale", "a.Item"])]
        if kind == "fixed":
            return {**made, "size": self.chance.randint(1, 3)}
        if kind == "enum":
            symbols = self.chance.sample(SYMBOLS, self.chance.randint(1, 4))
            default = {"default": symbols[0]} if self.chance.random() < 0.3 else {}
            return {**made, "symbols": symbols, **default}
        made["fields"] = [
            self.field(name, depth)
            for name in self.chance.sample(FIELDS, self.chance.randint(0, 4))
        ]
        return made

    def field(self, name: str, depth: int) -> Document:
        made: Document = {"name": name, "type": self.schema(depth - 1)}
        if self.chance.random() < 0.4:
            _give_default(made)
        if self.chance.random() < 0.15:
            made["aliases"] = [self.chance.choice(FIELDS)]
        return made


def _branch_name(made: Document) -> str:
    """Return the name that a union may have once."""
    if isinstance(made, str):
        return made
    return f"{made['namespace']}.{made['name']}" if "name" in made else made["type"]


def _give_default(field: Document) -> None:
    kind = field["type"]
    kind = kind[0] if isinstance(kind, list) and kind else kind
    size = kind.get("size", 0) if isinstance(kind, dict) else 0
    symbols = kind.get("symbols", [""]) if isinstance(kind, dict) else [""]
    defaults: dict[str, Any] = {
        "null": None, "boolean": True, "int": 7, "long": 8, "float": 1.5, "double": 2.5,
        "bytes": "\u00ff", "string": "s", "array": [], "map": {}, "enum": symbols[0],
        "fixed": "\u00ff" * size,
    }  # fmt: skip
    name = kind.get("type") if isinstance(kind, dict) else kind
    if isinstance(name, str) and name in defaults:
        field["default"] = defaults[name]


def _edited(schema: Document, chance: random.Random, decimals: bool) -> Document:
    """Change one place of a schema. The result may be no schema."""
    places: list[tuple[Any, Any]] = []
    _collect(schema, places)
    edits: list[Callable[[], None]] = []
    for holder, key in places:
        edits.extend(_edits(holder, key, chance, decimals))
    box = [schema]
    edits.extend(_edits(box, 0, chance, decimals) if not places else [])
    if edits:
        chance.choice(edits)()
    return box[0]


def _collect(schema: Document, places: list[tuple[Any, Any]]) -> None:
    """Collect every (holder, key) of a type below a schema."""
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            places.append((schema, number))
            _collect(part, places)
    elif isinstance(schema, dict):
        for word in ("items", "values"):
            if word in schema:
                places.append((schema, word))
                _collect(schema[word], places)
        for field in schema.get("fields", []):
            places.append((field, "type"))
            _collect(field["type"], places)
        places.append(({"whole": schema}, "whole"))


def _edits(
    holder: Any, key: Any, chance: random.Random, decimals: bool
) -> list[Callable[[], None]]:
    """Return the edits of the type at a place."""
    there = holder[key]
    wider = {
        "int": "long",
        "long": "double",
        "float": "double",
        "bytes": "string",
        "string": "bytes",
    }

    def put(made: Document) -> Callable[[], None]:
        return lambda: holder.__setitem__(key, made)

    edits = [put(chance.choice(PRIMITIVES))]
    if isinstance(there, str):
        edits += [put(wider.get(there, "float")), put(["null", there])]
    if isinstance(there, list):
        edits += [
            there.reverse,
            lambda: there.pop() if there else None,
            lambda: there.append(chance.choice([p for p in PRIMITIVES if p not in there])),
        ]
    if isinstance(there, dict):
        edits += _edits_of_object(there, chance, decimals)
    return edits


def _edits_of_object(
    there: Document, chance: random.Random, decimals: bool
) -> list[Callable[[], None]]:
    def rename() -> None:
        old, there["name"] = there["name"], chance.choice(NAMES)
        if chance.random() < 0.6:
            space = chance.choice(["", f"{there['namespace']}.", "b."])
            there["aliases"] = [space + old]

    def add_field() -> None:
        fields = there["fields"]
        field = _Maker(chance, decimals).field(chance.choice(FIELDS), 0)
        fields.append(field)

    def rename_field() -> None:
        field = chance.choice(there["fields"])
        old, field["name"] = field["name"], chance.choice(FIELDS)
        if chance.random() < 0.7:
            field["aliases"] = [old]

    def flip_default() -> None:
        field = chance.choice(there["fields"])
        if field.pop("default", there) is there:
            _give_default(field)

    edits: list[Callable[[], None]] = []
    if "name" in there:
        edits += [rename, lambda: there.update(namespace=chance.choice(SPACES))]
    if "fields" in there:
        edits += [add_field]
    if there.get("fields"):
        fields = there["fields"]
        edits += [
            rename_field,
            flip_default,
            fields.reverse,
            lambda: fields.remove(chance.choice(fields)),
        ]
    if "symbols" in there:
        edits += [
            lambda: there.update(symbols=chance.sample(SYMBOLS, chance.randint(1, 4))),
            lambda: there.update(default=there["symbols"][0]),
        ]
    if "size" in there:
        edits += [lambda: there.update(size=chance.randint(1, 3))]
    return edits
