"""One reader's schema against one writer's: everything that the rules find."""

import json
from collections.abc import Iterator

from contracts.compatibility import avro_rules, pipeline_rules
from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.resolution import Resolution
from contracts.compatibility.rules import PIPELINE
from schemas.avro.parse import parse
from schemas.avro.schema import Schema


def avro_findings(reader: str, writer: str) -> list[Finding]:
    """Why data of one schema's text cannot be read by another's; none when it can.

    Raises InvalidSchemaError for a text that is no schema.
    """
    return list(_avro(parse(reader), parse(writer)))


def value_findings(reader: str, writer: str, flink: str | None = None) -> list[Finding]:
    """The same and what the pipeline's rules find, for the values of a topic.

    `flink` is what the job does with the topic: "source", "sink" or None when that is unknown.
    """
    ours, theirs = parse(reader), parse(writer)
    return [*_avro(ours, theirs), *_pipeline(ours, theirs, flink)]


def key_findings(reader: str, writer: str, flink: str | None = None) -> list[Finding]:
    """The same for the keys of a topic, whose schema may not change at all."""
    found = value_findings(reader, writer, flink)
    if _canonical(reader) != _canonical(writer):
        what = "the schemas of the key are not the same text"
        found.insert(0, Finding(rule=PIPELINE["key-changed"], path="/", what=what))
    return found


def is_safe(findings: list[Finding]) -> bool:
    return all(finding.severity is Severity.SAFE for finding in findings)


def _avro(reader: Schema, writer: Schema) -> Iterator[Finding]:
    resolution = Resolution()
    if not resolution.fits(reader, writer):
        for meeting in resolution.meetings(reader, writer):
            yield from avro_rules.findings(resolution, meeting)


def _pipeline(reader: Schema, writer: Schema, flink: str | None) -> Iterator[Finding]:
    resolution = Resolution()
    yield from pipeline_rules.of_one(reader, flink)
    for meeting in resolution.meetings(reader, writer):
        yield from pipeline_rules.findings(resolution, meeting, flink)


def _canonical(text: str) -> str:
    """A schema's text without the spaces and the order in which JSON may be written."""
    return json.dumps(json.loads(text), sort_keys=True)
