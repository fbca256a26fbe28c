"""Whether all who read can read what a producer writes: asked once, before its first record.

A registry refuses a breaking version, unless somebody took its compatibility mode away. So the
versions that came before are looked at here again, by the pipeline's rules.
"""

from collections.abc import Iterator

from confluent_kafka.schema_registry import SchemaRegistryClient

from connect import registry
from connect.errors import UserError
from contracts.compatibility.check import value_findings
from contracts.compatibility.finding import Finding, Severity
from schemas.avro.parse import InvalidSchemaError
from schemas.record import Record


def agree(schemas: SchemaRegistryClient, kind: type[Record]) -> None:
    """Raises UserError when records of this kind would break a reader of an earlier version."""
    subject = f"{kind.TOPIC}-value"
    for version, text in registry.before(schemas, subject, kind.SCHEMA):
        for finding in _findings(kind, text):
            if finding.severity is Severity.BREAKING:
                raise UserError(
                    f"The {kind.__name__} of this producer breaks version {version} of {subject}, "
                    f"which others may still use: {finding.path}: {finding.rule.id}: "
                    f"{finding.what}. Nothing was sent; see `python -m contracts check`."
                )


def _findings(kind: type[Record], earlier: str) -> Iterator[Finding]:
    mode = kind.COMPATIBILITY.partition("_")[0]
    try:
        if mode in ("BACKWARD", "FULL"):
            yield from value_findings(kind.SCHEMA, earlier)
        if mode in ("FORWARD", "FULL"):
            yield from value_findings(earlier, kind.SCHEMA)
    except InvalidSchemaError:
        return  # somebody else's, of no use to any reader
