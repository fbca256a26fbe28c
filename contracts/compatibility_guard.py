"""Check before a producer's first record that earlier readers can read what it writes.

A registry refuses a breaking version, unless its compatibility mode was turned off. So the earlier
versions are compared here again, by the pipeline's own rules.
"""

from collections.abc import Iterator

from confluent_kafka.schema_registry import SchemaRegistryClient

from connect import registry
from connect.errors import UserError
from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.schema_check import value_findings
from schemas.avro.parse import InvalidSchemaError
from schemas.record import Record


def require_compatible(
    schemas: SchemaRegistryClient, record_type: type[Record], prefix: str = ""
) -> None:
    """Raise UserError when records of this type would break a reader of an earlier version.

    prefix: of the subject, see Settings.
    """
    subject = prefix + record_type.VALUE_SUBJECT
    for version, schema in registry.earlier_versions(schemas, subject, record_type.SCHEMA):
        for finding in _findings(record_type, schema):
            if finding.severity is Severity.BREAKING:
                raise UserError(
                    f"The {record_type.__name__} of this producer breaks version {version} of "
                    f"{subject}, which others may still use: {finding.path}: {finding.rule.id}: "
                    f"{finding.what}. Nothing was sent; see `python -m contracts check`."
                )


def _findings(record_type: type[Record], earlier: str) -> Iterator[Finding]:
    mode = record_type.COMPATIBILITY.partition("_")[0]
    try:
        if mode in ("BACKWARD", "FULL"):
            yield from value_findings(record_type.SCHEMA, earlier)
        if mode in ("FORWARD", "FULL"):
            yield from value_findings(earlier, record_type.SCHEMA)
    except InvalidSchemaError:
        return  # another producer's text, which no reader can use
