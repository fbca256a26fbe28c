"""The rules of the Avro specification: a reader must be able to read every written value."""

import json
from collections.abc import Iterator

from contracts.compatibility.avro_rule_table import AVRO
from contracts.compatibility.example import unscaled
from contracts.compatibility.finding import Finding
from contracts.compatibility.resolution import (
    Resolution,
    TypePair,
    ambiguous_fields,
    matching_fields,
    mismatch,
    missing_symbols,
)
from schemas.avro.defaults import is_value
from schemas.avro.schema import Field, Schema


def findings(resolution: Resolution, pair: TypePair) -> Iterator[Finding]:
    """Yield why the reader's type cannot read the writer's; nothing if it can."""
    reader, writer = pair.reader, pair.writer
    if writer.kind == "union":
        return
    if reader.kind == "union":
        if resolution.branch(reader, writer) is None:
            rule = "null-refused" if writer.kind == "null" else "union-branch-missing"
            yield pair.finding(AVRO[rule], f"{reader} has no branch for {writer}")
        return
    rule_id = mismatch(reader, writer)
    if rule_id:
        yield pair.finding(
            AVRO[rule_id], _difference(rule_id, reader, writer), _example_value(reader, writer)
        )
    elif reader.kind == "record":
        ambiguous = ambiguous_fields(reader, writer)
        for reader_field in reader.fields:
            yield from _field(pair, reader_field, matching_fields(reader_field, writer), ambiguous)


def _field(
    pair: TypePair, reader_field: Field, matches: list[Field], ambiguous: set[str]
) -> Iterator[Finding]:
    where = f"/fields/{reader_field.name}"
    if len(matches) > 1:
        names = " and ".join(sorted(field.name for field in matches))
        what = f"the writer's fields {names} both match the reader's field {reader_field.name}"
        yield pair.finding(AVRO["field-ambiguous"], what, where=where)
    elif matches and matches[0].name in ambiguous and reader_field.name != matches[0].name:
        what = f"the writer's field {matches[0].name} matches several fields of the reader"
        yield pair.finding(AVRO["field-ambiguous"], what, where=where)
    elif not matches and not reader_field.has_default:
        what = f"the writer has no field {reader_field.name}, and the reader has no default"
        yield pair.finding(AVRO["default-missing"], what, where=where)
    elif not matches and not is_value(reader_field.type, reader_field.default):
        what = (
            f"the default {json.dumps(reader_field.default)} is not a value of {reader_field.type}"
        )
        yield pair.finding(AVRO["default-unusable"], what, where=where)


def _difference(rule_id: str, reader: Schema, writer: Schema) -> str:
    match rule_id:
        case "enum-symbol-missing":
            names = ", ".join(missing_symbols(reader, writer))
            return f"the reader's {reader} lacks the writer's symbols {names}"
        case "fixed-size":
            return f"fixed({reader.size}) cannot read fixed({writer.size})"
        case "null-refused":
            return f"{reader} cannot read null"
    return f"{reader} cannot read {writer}"


def _example_value(reader: Schema, writer: Schema) -> object:
    """Return a value of the writer's type that shows the mismatch; None: any value does."""
    if reader.kind == writer.kind == "enum" and missing_symbols(reader, writer):
        return missing_symbols(reader, writer)[0]
    return unscaled(writer, writer.decimal.precision or 1) if writer.decimal else None
