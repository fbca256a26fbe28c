"""The rules of this pipeline: changes that Avro allows and one of its readers misreads."""

import json
from collections.abc import Iterator
from functools import lru_cache

from contracts.compatibility import flink_types
from contracts.compatibility.example import unscaled
from contracts.compatibility.finding import Finding
from contracts.compatibility.resolution import (
    Resolution,
    TypePair,
    matching_fields,
    mismatch,
    missing_symbols,
)
from contracts.compatibility.rules import PIPELINE
from schemas.avro.schema import Field, Schema

INEXACT = {
    ("int", "float"): 2**24 + 1,
    ("long", "float"): 2**24 + 1,
    ("long", "double"): 2**53 + 1,
}
"""(writer, reader) -> the smallest positive number that is not exact."""
NOT_UTF8 = b"\xff"
SOME_NUMBERS = {"int": 20_000, "long": 1_700_000_000_000}
"""A date or time of day, and a timestamp: each has another meaning in another unit."""


def findings(resolution: Resolution, pair: TypePair, flink: str | None) -> Iterator[Finding]:
    """Yield the findings for one pair of types. flink: None, "source" or "sink"."""
    reader, writer = pair.reader, pair.writer
    if writer.kind == "union":
        if reader.kind == "union":
            yield from _order(pair)
    elif reader.kind == "union":
        yield from _union(resolution, pair)
    elif not mismatch(reader, writer):
        yield from _type(pair, flink)
        yield from _fields(pair)


@lru_cache(maxsize=64)
def schema_findings(schema: Schema, flink: str | None) -> tuple[Finding, ...]:
    """Return the types in a schema that the pipeline does not support, changed or not."""
    return tuple(_schema_findings(schema, flink))


def _schema_findings(schema: Schema, flink: str | None) -> Iterator[Finding]:
    for path, what in flink_types.unsupported(schema):
        yield Finding(rule=PIPELINE["flink-lacks-type"], path=path or "/", what=what)
    if flink == "sink":
        for path in flink_types.enums(schema):
            what = "an enum in a topic that Flink writes"
            yield Finding(rule=PIPELINE["flink-cannot-write-enum"], path=path or "/", what=what)


def _order(pair: TypePair) -> Iterator[Finding]:
    orders = [
        [part.name or part.kind for part in schema.parts] for schema in (pair.reader, pair.writer)
    ]
    common = [
        [name for name in order if name in orders[0] and name in orders[1]] for order in orders
    ]
    if common[0] != common[1]:
        what = f"{pair.reader} reads {pair.writer}, whose branches have another order"
        yield pair.finding(PIPELINE["union-order"], what)


def _union(resolution: Resolution, pair: TypePair) -> Iterator[Finding]:
    reader, writer = pair.reader, pair.writer
    if reader.nullable and writer.kind != "null" and not pair.branch:
        yield pair.finding(
            PIPELINE["null-allowed"], f"{reader} reads {writer}, which is never null"
        )
    fitting = resolution.branches(reader, writer)
    exact = [n for n in fitting if reader.parts[n].kind == writer.kind]
    if len(fitting) > 1 and exact != fitting[:1]:
        names = ", ".join(str(reader.parts[n]) for n in fitting)
        yield pair.finding(PIPELINE["union-order"], f"{writer} can be read as any of {names}")


def _type(pair: TypePair, flink: str | None) -> Iterator[Finding]:
    reader, writer = pair.reader, pair.writer
    change = f"{reader} reads {writer}"
    if reader.logical != writer.logical:
        rule_id, value = _meaning(reader, writer)
        yield pair.finding(PIPELINE[rule_id], change, value)
    if {reader.kind, writer.kind} == {"bytes", "string"}:
        yield pair.finding(
            PIPELINE["bytes-string"], change, NOT_UTF8 if writer.kind == "bytes" else None
        )
    elif (writer.kind, reader.kind) in INEXACT:
        value = INEXACT[writer.kind, reader.kind]
        yield pair.finding(PIPELINE["number-inexact"], f"{change}: {value} is rounded", value)
    elif reader.kind != writer.kind:
        yield pair.finding(PIPELINE["number-widened"], change)
    if reader.name != writer.name:
        yield pair.finding(PIPELINE["record-renamed"], change)
    if reader.kind == "enum":
        yield from _enum(pair, flink)
    if reader.doc != writer.doc:
        yield pair.finding(PIPELINE["doc-changed"], f"the doc of {reader} changed")


def _enum(pair: TypePair, flink: str | None) -> Iterator[Finding]:
    reader, writer = pair.reader, pair.writer
    hidden = missing_symbols(reader, writer)
    added = missing_symbols(writer, reader)
    if hidden:
        what = f"{', '.join(hidden)} is read as {reader.default}"
        yield pair.finding(PIPELINE["enum-default-hides"], what, hidden[0])
    if added and flink != "source":
        what = f"{reader} has the new symbols {', '.join(added)}"
        yield pair.finding(PIPELINE["enum-symbols"], what)


def _meaning(reader: Schema, writer: Schema) -> tuple[str, object]:
    """Return the rule for a changed logical type, and an example value."""
    ours, theirs = reader.logical, writer.logical
    if ours is None:
        rule_id = "logical-type-removed"
    elif theirs is None:
        rule_id = "logical-type-added"
    elif "timestamp-" in ours.name and "timestamp-" in theirs.name:
        rule_id = "timestamp-unit"
    else:
        rule_id = "logical-type-changed"
    if writer.kind in ("bytes", "fixed"):
        return rule_id, unscaled(writer, 4)
    return rule_id, SOME_NUMBERS.get(writer.kind)


def _fields(pair: TypePair) -> Iterator[Finding]:
    reader, writer = pair.reader, pair.writer
    used = set()
    for reader_field in reader.fields:
        matches = matching_fields(reader_field, writer)
        used |= {field.name for field in matches}
        if len(matches) == 1:
            yield from _field(pair, reader_field, matches[0])
        elif not matches and reader_field.has_default:
            default = f"the default {json.dumps(reader_field.default)} is used"
            what = f"the writer has no field {reader_field.name}: {default}"
            yield pair.finding(
                PIPELINE["field-defaulted"], what, where=f"/fields/{reader_field.name}"
            )
    for field in writer.fields:
        if field.name not in used:
            what = f"the reader has no field {field.name}"
            yield pair.finding(PIPELINE["field-ignored"], what, where=f"/fields/{field.name}")


def _field(pair: TypePair, reader_field: Field, writer_field: Field) -> Iterator[Finding]:
    where = f"/fields/{reader_field.name}"
    if reader_field.name != writer_field.name:
        what = f"{writer_field.name} is read as {reader_field.name}, by its alias"
        yield pair.finding(PIPELINE["field-renamed"], what, where=where)
    if writer_field.has_default and not reader_field.has_default:
        default = json.dumps(writer_field.default)
        what = f"the default {default} of {reader_field.name} was removed"
        yield pair.finding(PIPELINE["default-removed"], what, where=where)
    elif writer_field.has_default and repr(writer_field.default) != repr(reader_field.default):
        change = f"{json.dumps(writer_field.default)} to {json.dumps(reader_field.default)}"
        what = f"the default of {reader_field.name} changed from {change}"
        yield pair.finding(PIPELINE["default-changed"], what, where=where)
    if reader_field.doc != writer_field.doc:
        yield pair.finding(
            PIPELINE["doc-changed"], f"the doc of {reader_field.name} changed", where=where
        )
