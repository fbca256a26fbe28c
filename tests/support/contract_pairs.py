"""Random contracts with their dataclasses, and the schemas of their writers.

A writer's schema is a contract's after some edits, of the kinds that teams make and of nasty ones.
"""

import copy
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen import dataclasses
from contracts.contract_file import load_released
from schemas.record import Record

Document = Any
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
NAMES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]


def decimal(precision: int, scale: int) -> Document:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


TYPES: list[tuple[Document, list[Any]]] = [
    ("string", ["", "text", "é\u0000"]),
    ("int", [0, -1, 2**31 - 1]),
    ("long", [0, -(2**63), 2**40]),
    ("boolean", [True, False]),
    (decimal(10, 2), ["\u0000", "\u00ff", "\u0004\u00d2", "\u0100"]),
    (decimal(10, 4), ["\u0000\u0000\u0001"]),
    (decimal(38, 0), ["\u0080", "\u007f" * 17]),
    (MILLIS, [0, -1, 1_700_000_000_123, 2**62]),
]
"""Types of contracts, with defaults; the last of some are no value of the type."""
NODE = {
    "type": "record",
    "name": "Node",
    "fields": [{"name": "next", "type": ["null", "Node"]}, {"name": "none", "type": "null"}],
}
FOREIGN: list[Document] = [
    "null", "bytes", "float", "double", [], ["null"], ["int", "string"],
    ["string", "null"], ["null", "int", "long"], ["boolean", "double", "null"],
    ["null", decimal(10, 2), MILLIS],
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "string", "logicalType": "unheard-of"},
    {"type": "bytes", "logicalType": "decimal", "precision": 10},
    {"type": "enum", "name": "Event", "symbols": ["A", "B"]},
    {"type": "fixed", "name": "Event", "size": 3},
    {"type": "fixed", "name": "Empty", "namespace": "other", "size": 0},
    {"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 8, "scale": 2},
    {"type": "array", "items": "null"},
    {"type": "array", "items": NODE},
    {"type": "map", "values": ["null", "double"]},
    {"type": "array", "items": {"type": "array", "items": decimal(10, 2)}},
    NODE,
    {"type": "int"},
    {"type": {"type": "long", "logicalType": "timestamp-millis"}},
]  # fmt: skip
"""Types of writers that no contract has. Flink's log has a warning of Java's Avro library for the
logical type that it ignores, timestamp-millis of an int."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A contract's dataclass and schema, and the schema of a writer to its topic."""

    record_type: type[Record]
    reader: Document
    writer: Document


def pair(chance: random.Random) -> Pair:
    """Make a random pair; the same for the same state of `chance`."""
    fields = [
        _field(name, chance) for name in ["event_id", *chance.sample(NAMES, chance.randint(1, 5))]
    ]
    fields[0] = {"name": "event_id", "type": "string", "doc": "Identity."}
    record_type, reader = dataclass_of(fields)
    writer = copy.deepcopy(reader)
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        chance.choice(EDITS)(writer, chance)
    return Pair(record_type, reader, writer)


def dataclass_of(fields: list[Document]) -> tuple[type[Record], Document]:
    """Return the generated dataclass of a contract with these fields, and its schema."""
    document = {
        "type": "record", "name": "Event", "namespace": "test", "doc": "An event.",
        "owner": "tests", "compatibility": "FULL_TRANSITIVE",
        "topic": {"name": "events", "key": ["event_id"], "partitions": 1},
        "fields": fields,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "event.avsc")
        path.write_text(json.dumps(document), "utf-8")
        contract = load_released(path)
    module: dict[str, Any] = {"__name__": "event"}
    exec(dataclasses.module(contract), module)
    return module["Event"], json.loads(contract.schema)


def _field(name: str, chance: random.Random) -> Document:
    kind, defaults = chance.choice(TYPES)
    made = {"name": name, "type": copy.deepcopy(kind), "doc": "A field."}
    if chance.random() < 0.4:
        made.update(type=["null", made["type"]], default=None)
    elif chance.random() < 0.6:
        made["default"] = chance.choice(defaults)
    if chance.random() < 0.1:
        made["aliases"] = [chance.choice(NAMES)]
    return made


def _some(writer: Document, chance: random.Random) -> Document:
    return chance.choice(writer["fields"]) if writer["fields"] else {}


def _add(writer: Document, chance: random.Random) -> None:
    free = [name for name in NAMES if all(name != f["name"] for f in writer["fields"])]
    if free:
        made = _field(chance.choice(free), chance)
        if chance.random() < 0.7:
            made["type"] = _foreign(writer, chance)
            made.pop("default", None)
        writer["fields"].insert(chance.randint(0, len(writer["fields"])), made)


def _foreign(writer: Document, chance: random.Random) -> Document:
    """Return a type that defines no name of the writer's schema again."""
    taken = json.dumps(writer)
    new = [kind for kind in FOREIGN if not any(f'"{name}"' in taken for name in _names(kind))]
    return copy.deepcopy(chance.choice(new))


def _names(kind: Document) -> list[str]:
    if isinstance(kind, dict):
        return [kind["name"]] if "name" in kind else _names(kind.get("items"))
    return []


def _retype(writer: Document, chance: random.Random) -> None:
    kind = _foreign(writer, chance) if chance.random() < 0.5 else chance.choice(TYPES)[0]
    field = _some(writer, chance)
    field.pop("default", None)
    field["type"] = copy.deepcopy(kind)


def _widen(writer: Document, chance: random.Random) -> None:
    field = _some(writer, chance)
    field.pop("default", None)
    field["type"] = {"long": "int", "int": "long", "string": "bytes"}.get(
        field["type"] if isinstance(field["type"], str) else "", field["type"]
    )


def _null(writer: Document, chance: random.Random) -> None:
    field = _some(writer, chance)
    field.pop("default", None)
    if not isinstance(field["type"], list):
        field["type"] = ["null"] if field["type"] == "null" else ["null", field["type"]]
    elif chance.random() < 0.5:
        field["type"].reverse()
    elif field["type"]:
        field["type"] = field["type"][-1]


def _remove(writer: Document, chance: random.Random) -> None:
    if len(writer["fields"]) > 1:
        writer["fields"].remove(_some(writer, chance))


def _default(writer: Document, chance: random.Random) -> None:
    _some(writer, chance).pop("default", None)


def _doc(writer: Document, chance: random.Random) -> None:
    _some(writer, chance)["doc"] = "Other words."


def _rename(writer: Document, chance: random.Random) -> None:
    free = [name for name in NAMES if all(name != f["name"] for f in writer["fields"])]
    if free:
        _some(writer, chance)["name"] = chance.choice(free)


def _rename_record(writer: Document, chance: random.Random) -> None:
    writer[chance.choice(["name", "namespace"])] = "Other"


EDITS: list[Callable[[Document, random.Random], None]] = [
    _add, _add, _add, _remove, _remove, _retype, _widen, _null, _default, _doc, _rename,
    _rename_record, lambda writer, _: writer["fields"].reverse(),
]  # fmt: skip
