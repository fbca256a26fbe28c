"""The registry subjects that the contracts ask for: their modes and their versions."""

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import Problem

NOT_FOUND = 404
CONFLICT = 409


def mode_of(registry: SchemaRegistryClient, subject: str) -> str | None:
    """The subject's own compatibility mode; None when it has none."""
    try:
        return str(registry.get_compatibility(subject))
    except SchemaRegistryError as error:
        if error.http_status_code == NOT_FOUND:
            return None
        raise _refused(subject, error) from None


def has(registry: SchemaRegistryClient, subject: str, text: str) -> bool:
    """Whether the registry has the schema under the subject."""
    try:
        registry.lookup_schema(subject, Schema(text, "AVRO"))
    except SchemaRegistryError as error:
        if error.http_status_code == NOT_FOUND:
            return False
        raise _refused(subject, error) from None
    return True


def fits(registry: SchemaRegistryClient, subject: str, text: str) -> bool:
    """Whether the registry would take the schema as the subject's next version."""
    try:
        return bool(registry.test_compatibility(subject, Schema(text, "AVRO")))
    except SchemaRegistryError as error:
        if error.http_status_code == NOT_FOUND:
            return True
        raise _refused(subject, error) from None


def register(registry: SchemaRegistryClient, subject: str, text: str) -> int:
    """Register the schema as the subject's next version; returns its id."""
    try:
        return registry.register_schema(subject, Schema(text, "AVRO"))
    except SchemaRegistryError as error:
        raise _refused(subject, error) from None


def set_mode(registry: SchemaRegistryClient, subject: str, mode: str) -> None:
    """Set the subject's compatibility mode."""
    try:
        registry.set_compatibility(subject, mode)
    except SchemaRegistryError as error:
        raise _refused(subject, error) from None


def _refused(subject: str, error: SchemaRegistryError) -> Problem:
    why = (
        "the schema is not compatible with the versions that it has; see `python -m codegen check`"
        if error.http_status_code == CONFLICT
        else error.error_message
    )
    return Problem(f"The registry refuses subject {subject} ({error.http_status_code}): {why}.")
