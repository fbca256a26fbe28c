"""The rules of this pipeline: what Avro reads and somebody in it still misunderstands."""

from collections.abc import Iterator
from functools import lru_cache

from contracts.compatibility import flink_types
from contracts.compatibility.example import unscaled
from contracts.compatibility.finding import Finding
from contracts.compatibility.resolution import (
    Resolution,
    TypePair,
    clash,
    missing_symbols,
    writer_fields,
)
from contracts.compatibility.rules import PIPELINE
from schemas.avro.schema import Field, Schema

INEXACT = {
    ("int", "float"): 2**24 + 1,
    ("long", "float"): 2**24 + 1,
    ("long", "double"): 2**53 + 1,
}
"""(writer, reader) -> the least number that changes on the way."""
NOT_UTF8 = b"\xff"
SOME_NUMBERS = {"int": 20_000, "long": 1_700_000_000_000}
"""A day or a time of day, and a time: neither means the same in another unit."""


def findings(resolution: Resolution, meeting: TypePair, flink: str | None) -> Iterator[Finding]:
    """What changes between the types of one place. `flink`: None, "source" or "sink"."""
    reader, writer = meeting.reader, meeting.writer
    if writer.kind == "union":
        if reader.kind == "union":
            yield from _order(meeting)
    elif reader.kind == "union":
        yield from _union(resolution, meeting)
    elif not clash(reader, writer):
        yield from _type(meeting, flink)
        yield from _fields(meeting)


@lru_cache(maxsize=64)
def of_one(schema: Schema, flink: str | None) -> tuple[Finding, ...]:
    """What a schema holds that the pipeline cannot carry, changed or not."""
    return tuple(_of_one(schema, flink))


def _of_one(schema: Schema, flink: str | None) -> Iterator[Finding]:
    for path, what in flink_types.lacking(schema):
        yield Finding(rule=PIPELINE["flink-lacks-type"], path=path or "/", what=what)
    if flink == "sink":
        for path in flink_types.enums(schema):
            what = "an enum in a topic that Flink writes"
            yield Finding(rule=PIPELINE["flink-cannot-write-enum"], path=path or "/", what=what)


def _order(meeting: TypePair) -> Iterator[Finding]:
    orders = [
        [part.name or part.kind for part in schema.parts]
        for schema in (meeting.reader, meeting.writer)
    ]
    common = [
        [name for name in order if name in orders[0] and name in orders[1]] for order in orders
    ]
    if common[0] != common[1]:
        what = f"{meeting.reader} is to read {meeting.writer}, with its branches in another order"
        yield meeting.finding(PIPELINE["union-order"], what)


def _union(resolution: Resolution, meeting: TypePair) -> Iterator[Finding]:
    reader, writer = meeting.reader, meeting.writer
    if reader.nullable and writer.kind != "null" and not meeting.branch:
        yield meeting.finding(
            PIPELINE["null-allowed"], f"{reader} reads {writer}, which is never null"
        )
    fitting = resolution.branches(reader, writer)
    exact = [n for n in fitting if reader.parts[n].kind == writer.kind]
    if len(fitting) > 1 and exact != fitting[:1]:
        names = ", ".join(str(reader.parts[n]) for n in fitting)
        yield meeting.finding(PIPELINE["union-order"], f"{writer} can be read as each of {names}")


def _type(meeting: TypePair, flink: str | None) -> Iterator[Finding]:
    reader, writer = meeting.reader, meeting.writer
    change = f"{reader} reads {writer}"
    if reader.logical != writer.logical:
        rule_id, value = _meaning(reader, writer)
        yield meeting.finding(PIPELINE[rule_id], change, value)
    if {reader.kind, writer.kind} == {"bytes", "string"}:
        yield meeting.finding(
            PIPELINE["bytes-string"], change, NOT_UTF8 if writer.kind == "bytes" else None
        )
    elif (writer.kind, reader.kind) in INEXACT:
        value = INEXACT[writer.kind, reader.kind]
        yield meeting.finding(
            PIPELINE["number-inexact"], f"{change}: {value} becomes another number", value
        )
    elif reader.kind != writer.kind:
        yield meeting.finding(PIPELINE["number-widened"], change)
    if reader.name != writer.name:
        yield meeting.finding(PIPELINE["record-renamed"], change)
    if reader.kind == "enum":
        yield from _enum(meeting, flink)
    if reader.doc != writer.doc:
        yield meeting.finding(PIPELINE["doc-changed"], f"{reader} is described otherwise")


def _enum(meeting: TypePair, flink: str | None) -> Iterator[Finding]:
    reader, writer = meeting.reader, meeting.writer
    hidden = missing_symbols(reader, writer)
    added = missing_symbols(writer, reader)
    if hidden:
        what = f"{', '.join(hidden)} is read as {reader.default}"
        yield meeting.finding(PIPELINE["enum-default-hides"], what, hidden[0])
    if added and flink != "source":
        what = f"{reader} has the new symbols {', '.join(added)}"
        yield meeting.finding(PIPELINE["enum-symbols"], what)


def _meaning(reader: Schema, writer: Schema) -> tuple[str, object]:
    """The rule for a changed logical type, and a number that shows it."""
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


def _fields(meeting: TypePair) -> Iterator[Finding]:
    reader, writer = meeting.reader, meeting.writer
    used = set()
    for wanted in reader.fields:
        found = writer_fields(wanted, writer)
        used |= {field.name for field in found}
        if len(found) == 1:
            yield from _field(meeting, wanted, found[0])
        elif not found and wanted.has_default:
            what = f"the writer has no field {wanted.name}: {wanted.default!r} stands for it"
            yield meeting.finding(PIPELINE["field-defaulted"], what, where=f"/fields/{wanted.name}")
    for field in writer.fields:
        if field.name not in used:
            what = f"the reader has no field {field.name}"
            yield meeting.finding(PIPELINE["field-ignored"], what, where=f"/fields/{field.name}")


def _field(meeting: TypePair, wanted: Field, found: Field) -> Iterator[Finding]:
    where = f"/fields/{wanted.name}"
    if wanted.name != found.name:
        what = f"{found.name} is read as {wanted.name}, by its alias"
        yield meeting.finding(PIPELINE["field-renamed"], what, where=where)
    if found.has_default and not wanted.has_default:
        what = f"the default {found.default!r} of {wanted.name} is gone"
        yield meeting.finding(PIPELINE["default-removed"], what, where=where)
    elif found.has_default and repr(found.default) != repr(wanted.default):
        what = f"the default of {wanted.name} is {wanted.default!r}, was {found.default!r}"
        yield meeting.finding(PIPELINE["default-changed"], what, where=where)
    if wanted.doc != found.doc:
        yield meeting.finding(
            PIPELINE["doc-changed"], f"{wanted.name} is described otherwise", where=where
        )
