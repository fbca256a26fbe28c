"""Each of the pipeline's rules finds what it is for, and leaves alone what is like it."""

import json
from typing import Any

import pytest

from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.rule_examples import (
    DATE,
    EXAMPLES,
    MICROS,
    MILLIS,
    NULLABLE,
    decimal,
    enum,
    finding_of,
    of,
    record,
)
from contracts.compatibility.rules import PIPELINE, RULES, SCHEMA_RULES
from contracts.compatibility.schema_check import (
    avro_findings,
    is_safe,
    key_findings,
    value_findings,
)


def findings(reader: Any, writer: Any, flink: str | None = None) -> list[Finding]:
    return value_findings(json.dumps(reader), json.dumps(writer), flink)


def rules(reader: Any, writer: Any, flink: str | None = None) -> set[str]:
    return {finding.rule.id for finding in findings(reader, writer, flink)}


NOT_FOUND = {
    "decimal-scale": (of(decimal(10, 2)), of(decimal(10, 2))),
    "decimal-precision": (of(decimal(10, 2)), of(decimal(10, 2))),
    "timestamp-unit": (of(MILLIS), of(MILLIS)),
    "logical-type-added": (of(MILLIS), of(MILLIS)),
    "logical-type-removed": (of("int"), of("int")),
    "logical-type-changed": (of(DATE), of(DATE)),
    "number-inexact": (of("double"), of("float")),
    "number-widened": (of("int"), of("int")),
    "bytes-string": (of("bytes"), of("bytes")),
    "enum-default-hides": (of(enum("ABC", default="A")), of(enum("AB"))),
    "enum-symbols": (of(enum("BA")), of(enum("AB"))),
    "record-renamed": (of("int"), {**of("int"), "doc": "Other words."}),
    "flink-lacks-type": (of(MILLIS), of(MILLIS)),
    "null-allowed": (of(NULLABLE), of(NULLABLE)),
    "null-refused": (of(NULLABLE), of("int")),
    "union-order": (of(["null", "int", "string"]), of(NULLABLE)),
    "field-renamed": (of("int", aliases=["g"]), of("int")),
    "default-removed": (of("int", default=0), of("int")),
    "default-changed": (of("int", default=0), of("int", default=0)),
    "field-defaulted": (of("int", default=1), of("int")),
    "field-ignored": (of("int"), of("int")),
    "doc-changed": (of("int", doc="Units."), of("int", doc="Units.")),
}


def test_every_rule_has_an_example_and_every_rule_of_the_pipeline_a_counter_example() -> None:
    elsewhere = {"key-changed", "flink-cannot-write-enum"}
    assert SCHEMA_RULES.keys() == EXAMPLES.keys()
    assert PIPELINE.keys() - elsewhere <= NOT_FOUND.keys()


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_reports_its_example(rule: str) -> None:
    assert finding_of(rule).rule is RULES[rule]


@pytest.mark.parametrize("rule", NOT_FOUND)
def test_a_rule_leaves_alone_what_is_like_it(rule: str) -> None:
    assert rule not in rules(*NOT_FOUND[rule])


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "fixed", "name": "Four", "size": 4},
        MICROS,
        {"type": "long", "logicalType": "timestamp-nanos"},
        {"type": "long", "logicalType": "local-timestamp-millis"},
        {"type": "long", "logicalType": "time-micros"},
        {"type": "string", "logicalType": "unheard-of"},
        {"type": "int", "logicalType": "timestamp-millis"},
        decimal(39, 2),
        "null",
        ["int", "string"],
        ["null", "int", "string"],
        ["null", "shop.Sale"],
    ],
    ids=json.dumps,
)
def test_what_flink_cannot_hold_is_found_though_nothing_changed(kind: Any) -> None:
    assert "flink-lacks-type" in rules(of(kind), of(kind))


@pytest.mark.parametrize(
    "kind",
    ["string", "boolean", "int", "long", "float", "double", "bytes", DATE, MILLIS, decimal(38, 9),
     NULLABLE, ["string", "null"], {"type": "array", "items": "int"},
     {"type": "map", "values": "int"}, {"type": "string", "logicalType": "uuid"}],
    ids=json.dumps,
)  # fmt: skip
def test_what_flink_holds_is_safe_when_nothing_changed(kind: Any) -> None:
    assert findings(of(kind), of(kind)) == []


def test_a_default_of_a_later_branch_is_none_for_flinks_avro() -> None:
    late = of(NULLABLE, default=3)
    assert "flink-lacks-type" in rules(late, late)
    assert rules(of(NULLABLE, default=None), of(NULLABLE, default=None)) == set()


def test_an_enum_is_refused_in_what_flink_writes_and_taken_in_what_it_reads() -> None:
    assert rules(of(enum("AB")), of(enum("AB")), "sink") == {"flink-cannot-write-enum"}
    assert rules(of(enum("ABC")), of(enum("AB")), "source") == set()


def test_any_change_of_a_key_is_found_even_a_doc() -> None:
    old, new = json.dumps(of("string")), json.dumps(of("string", doc="Identity."))
    assert "key-changed" in {finding.rule.id for finding in key_findings(new, old)}
    assert key_findings(json.dumps(of("string"), indent=3), old) == []


@pytest.mark.parametrize(
    ("reader", "writer"),
    [
        (record({"name": "f", "type": "int"}, {"name": "g", **of(NULLABLE)["fields"][0],
                                               "default": None} | {"name": "g"}), of("int")),
        (of("int"), record({"name": "f", "type": "int"}, {"name": "g", "type": "string"})),
        (of("int", doc="Units."), of("int")),
    ],
    ids=["optional field added", "field no longer read", "doc"],
)  # fmt: skip
def test_harmless_changes_are_reported_as_safe(reader: Any, writer: Any) -> None:
    assert findings(reader, writer)
    assert is_safe(findings(reader, writer))


def test_a_name_that_matches_two_fields_is_ambiguous_in_either_direction() -> None:
    renamed = {"name": "g", "aliases": ["f"], "type": "int"}
    both = record({"name": "f", "type": "int"}, {"name": "g", "type": "int"})
    for reader, writer in [
        (record(renamed), both),
        (record({"name": "f", "type": "int"}, renamed), of("int")),
    ]:
        ambiguous = avro_findings(json.dumps(reader), json.dumps(writer))
        assert {finding.rule.id for finding in ambiguous} == {"field-ambiguous"}


def test_an_enum_default_must_be_a_symbol() -> None:
    reader = json.dumps(of(enum("AB"), default="C"))
    assert [f.rule.id for f in avro_findings(reader, json.dumps(record()))] == ["default-unusable"]
    assert avro_findings(reader, json.dumps(of(enum("AB")))) == []
    inside = json.dumps(of({"type": "array", "items": enum("AB")}, default=["C"]))
    assert [f.rule.id for f in avro_findings(inside, json.dumps(record()))] == ["default-unusable"]


def test_a_value_that_two_branches_can_read_is_found() -> None:
    assert "union-order" in rules(of(["string", "bytes"]), of("bytes"))
    assert "union-order" not in rules(of(["bytes", "string"]), of("bytes"))


def test_a_finding_says_where() -> None:
    (finding,) = findings(of(decimal(10, 4)), of(decimal(10, 2)))
    assert finding.path == "/fields/f/type"
    assert finding.field == "f"
    (inside,) = findings(of(["null", MILLIS]), of(["null", "long"]))
    assert inside.path == "/fields/f/type/1"


def test_every_rule_says_who_suffers_and_what_helps() -> None:
    for rule_id, rule in RULES.items():
        assert rule.id == rule_id
        assert rule.effect.endswith(".")
        assert rule.remedy.endswith(".") or rule.severity is Severity.SAFE
