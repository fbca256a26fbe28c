"""A pair of schemas for each rule, which shows it: the documentation and the tests use them."""

import json
from typing import Any, NamedTuple

from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding
from contracts.compatibility.schema_check import key_findings, value_findings
from schemas.avro.parse import parse

DATE = {"type": "int", "logicalType": "date"}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}
NULLABLE = ["null", "int"]


class SchemaPair(NamedTuple):
    """The schema of a reader and the one of the records that it reads."""

    reader: Any
    writer: Any


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def enum(symbols: str, **attributes: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "Phase", "symbols": list(symbols), **attributes}


def fixed(size: int) -> dict[str, Any]:
    return {"type": "fixed", "name": "Code", "size": size}


def record(*fields: Any, **attributes: Any) -> dict[str, Any]:
    return {
        "type": "record",
        "name": "Sale",
        "namespace": "shop",
        "fields": list(fields),
        **attributes,
    }


def of(avro_type: Any, **attributes: Any) -> dict[str, Any]:
    """Build a record with one field, `f`, of a type."""
    return record({"name": "f", "type": avro_type, **attributes})


RENAMED = {"name": "g", "aliases": ["f"], "type": "int"}
EXAMPLES = {
    "type-changed": SchemaPair(of("int"), of("string")),
    "null-refused": SchemaPair(of("int"), of(NULLABLE)),
    "union-branch-missing": SchemaPair(of(["int", "boolean"]), of(["int", "string"])),
    "name-changed": SchemaPair(of(enum("AB") | {"name": "Step"}), of(enum("AB"))),
    "fixed-size": SchemaPair(of(fixed(8)), of(fixed(4))),
    "enum-symbol-missing": SchemaPair(of(enum("AB")), of(enum("ABC"))),
    "default-missing": SchemaPair(of("int"), record()),
    "default-unusable": SchemaPair(of(enum("AB"), default="C"), record()),
    "field-ambiguous": SchemaPair(
        record(RENAMED), record({"name": "f", "type": "int"}, {"name": "g", "type": "int"})
    ),
    "decimal-scale": SchemaPair(of(decimal(10, 4)), of(decimal(10, 2))),
    "decimal-precision": SchemaPair(of(decimal(12, 2)), of(decimal(10, 2))),
    "timestamp-unit": SchemaPair(of(MICROS), of(MILLIS)),
    "logical-type-added": SchemaPair(of(MILLIS), of("long")),
    "logical-type-removed": SchemaPair(of("int"), of(DATE)),
    "logical-type-changed": SchemaPair(of({"type": "int", "logicalType": "time-millis"}), of(DATE)),
    "number-inexact": SchemaPair(of("double"), of("long")),
    "bytes-string": SchemaPair(of("string"), of("bytes")),
    "enum-default-hides": SchemaPair(of(enum("AB", default="A")), of(enum("ABC"))),
    "record-renamed": SchemaPair({**of("int"), "namespace": "other"}, of("int")),
    "flink-lacks-type": SchemaPair(of(MICROS), of(MICROS)),
    "flink-cannot-write-enum": SchemaPair(of(enum("AB")), of(enum("AB"))),
    "key-changed": SchemaPair(of("string", doc="Identity."), of("string")),
    "number-widened": SchemaPair(of("long"), of("int")),
    "null-allowed": SchemaPair(of(NULLABLE), of("int")),
    "union-order": SchemaPair(of(["int", "null"]), of(NULLABLE)),
    "field-renamed": SchemaPair(record(RENAMED), of("int")),
    "default-removed": SchemaPair(of("int"), of("int", default=0)),
    "default-changed": SchemaPair(of("int", default=1), of("int", default=0)),
    "enum-symbols": SchemaPair(of(enum("ABC")), of(enum("AB"))),
    "field-defaulted": SchemaPair(of("int", default=1), record()),
    "field-ignored": SchemaPair(record(), of("int")),
    "doc-changed": SchemaPair(of("int", doc="Units."), of("int")),
}
"""Rule id -> schemas with which the check reports it."""


def finding_of(rule_id: str) -> Finding:
    """Check the example of a rule and return the rule's finding."""
    pair = EXAMPLES[rule_id]
    check = key_findings if rule_id == "key-changed" else value_findings
    role = "sink" if rule_id == "flink-cannot-write-enum" else None
    findings = check(json.dumps(pair.reader), json.dumps(pair.writer), role)
    return next(finding for finding in findings if finding.rule.id == rule_id)


def value_of(rule_id: str) -> str | None:
    """Return a value of the writer that shows the effect, as JSON; None if there is none."""
    try:
        return printed(example(parse(json.dumps(EXAMPLES[rule_id].writer)), finding_of(rule_id)))
    except NoFiniteValueError:
        return None
