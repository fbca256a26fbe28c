"""The rules of the specification: whether a reader can read what a writer wrote."""

from collections.abc import Iterator

from contracts.compatibility.example import unscaled
from contracts.compatibility.finding import Finding
from contracts.compatibility.resolution import (
    Resolution,
    TypePair,
    claimed_twice,
    clash,
    missing_symbols,
    writer_fields,
)
from contracts.compatibility.rules import AVRO
from schemas.avro.defaults import is_value
from schemas.avro.schema import Field, Schema


def findings(resolution: Resolution, meeting: TypePair) -> Iterator[Finding]:
    """What makes the types of one place unreadable; none when they are readable."""
    reader, writer = meeting.reader, meeting.writer
    if writer.kind == "union":
        return
    if reader.kind == "union":
        if resolution.branch(reader, writer) is None:
            rule = "null-refused" if writer.kind == "null" else "union-branch-missing"
            yield meeting.finding(AVRO[rule], f"{reader} has no branch for {writer}")
        return
    rule_id = clash(reader, writer)
    if rule_id:
        yield meeting.finding(
            AVRO[rule_id], _difference(rule_id, reader, writer), _shown(reader, writer)
        )
    elif reader.kind == "record":
        twice = claimed_twice(reader, writer)
        for wanted in reader.fields:
            yield from _field(meeting, wanted, writer_fields(wanted, writer), twice)


def _field(
    meeting: TypePair, wanted: Field, found: list[Field], twice: set[str]
) -> Iterator[Finding]:
    where = f"/fields/{wanted.name}"
    if len(found) > 1:
        names = " and ".join(sorted(field.name for field in found))
        what = f"the writer's fields {names} both match the reader's field {wanted.name}"
        yield meeting.finding(AVRO["field-ambiguous"], what, where=where)
    elif found and found[0].name in twice and wanted.name != found[0].name:
        what = f"the writer's field {found[0].name} matches several fields of the reader"
        yield meeting.finding(AVRO["field-ambiguous"], what, where=where)
    elif not found and not wanted.has_default:
        what = f"the writer has no field {wanted.name}, and the reader no default for it"
        yield meeting.finding(AVRO["default-missing"], what, where=where)
    elif not found and not is_value(wanted.type, wanted.default):
        what = f"the default {wanted.default!r} is no value of {wanted.type}"
        yield meeting.finding(AVRO["default-unusable"], what, where=where)


def _difference(rule_id: str, reader: Schema, writer: Schema) -> str:
    match rule_id:
        case "enum-symbol-missing":
            names = ", ".join(missing_symbols(reader, writer))
            return f"the reader's {reader} lacks the writer's symbols {names}"
        case "fixed-size":
            return f"{reader.size} bytes read {writer.size}"
        case "null-refused":
            return f"{reader} is to read null"
    return f"{reader} is to read {writer}"


def _shown(reader: Schema, writer: Schema) -> object:
    """A value of the writer's type with which the clash shows; None: any."""
    if reader.kind == writer.kind == "enum" and missing_symbols(reader, writer):
        return missing_symbols(reader, writer)[0]
    return unscaled(writer, writer.decimal.precision or 1) if writer.decimal else None
