"""Check one reader schema against one writer schema."""

import json
from collections.abc import Iterator

from contracts.compatibility import avro_rules, pipeline_rules
from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.resolution import Resolution
from contracts.compatibility.rules import PIPELINE
from schemas.avro.parse import parse
from schemas.avro.schema import Schema


def avro_findings(reader: str, writer: str) -> list[Finding]:
    """Return the findings of the Avro rules; none if the reader can read every value.

    Raises InvalidSchemaError for an invalid schema.
    """
    return list(_avro(parse(reader), parse(writer)))


def value_findings(reader: str, writer: str, flink: str | None = None) -> list[Finding]:
    """Return the findings of the Avro and pipeline rules, for the values of a topic.

    flink: the topic's role in the job: "source", "sink" or None if it is unknown.
    """
    ours, theirs = parse(reader), parse(writer)
    return [*_avro(ours, theirs), *_pipeline(ours, theirs, flink)]


def key_findings(reader: str, writer: str, flink: str | None = None) -> list[Finding]:
    """Return the findings for the keys of a topic, whose schema must never change."""
    findings = value_findings(reader, writer, flink)
    if _canonical(reader) != _canonical(writer):
        what = "the key schemas differ"
        findings.insert(0, Finding(rule=PIPELINE["key-changed"], path="/", what=what))
    return findings


def is_safe(findings: list[Finding]) -> bool:
    """Return True if no finding is breaking or dangerous."""
    return all(finding.severity is Severity.SAFE for finding in findings)


def _avro(reader: Schema, writer: Schema) -> Iterator[Finding]:
    resolution = Resolution()
    if not resolution.can_read(reader, writer):
        for pair in resolution.pairs(reader, writer):
            yield from avro_rules.findings(resolution, pair)


def _pipeline(reader: Schema, writer: Schema, flink: str | None) -> Iterator[Finding]:
    resolution = Resolution()
    yield from pipeline_rules.schema_findings(reader, flink)
    for pair in resolution.pairs(reader, writer):
        yield from pipeline_rules.findings(resolution, pair, flink)


def _canonical(text: str) -> str:
    """Return the schema as JSON without whitespace and with sorted attributes."""
    return json.dumps(json.loads(text), sort_keys=True)
