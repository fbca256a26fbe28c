"""Read and change subjects of a registry with Confluent's REST API."""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import UserError
from contracts.deployment.actual import ActualSubject

NOT_FOUND = 404
CONFLICT = 409


def listed(registry: SchemaRegistryClient) -> set[str]:
    """Return every subject that has a version."""
    with _registry_errors("the list of subjects"):
        return set(registry.get_subjects())


def actual_subject(
    registry: SchemaRegistryClient, subject: str, schemas: tuple[str, ...], exists: bool
) -> ActualSubject:
    """Return a subject's actual state.

    schemas: its released schemas, oldest first. exists: True if it has a version.
    """
    mode = mode_of(registry, subject)
    if not exists:
        return ActualSubject(mode=mode)
    with _registry_errors(f"subject {subject}"):
        numbers = registry.get_versions(subject)
    ours = {text: number for text in schemas if (number := version_of(registry, subject, text))}
    missing = [text for text in schemas if text not in ours]
    return ActualSubject(
        mode=mode,
        ours=ours,
        foreign={
            number: _text(registry, subject, number)
            for number in numbers
            if number not in ours.values()
        },
        refuses=bool(missing) and not is_compatible(registry, subject, missing[0]),
    )


def mode_of(registry: SchemaRegistryClient, subject: str) -> str | None:
    """Return the subject's own compatibility mode; None if it has none."""
    with _registry_errors(f"subject {subject}", missing_is_none=True):
        return str(registry.get_compatibility(subject))
    return None


def version_of(registry: SchemaRegistryClient, subject: str, text: str) -> int | None:
    """Return the schema's version number in the subject; None if it is not registered."""
    with _registry_errors(f"subject {subject}", missing_is_none=True):
        return registry.lookup_schema(subject, Schema(text, "AVRO")).version
    return None


def is_compatible(registry: SchemaRegistryClient, subject: str, text: str) -> bool:
    """Return True if the registry accepts the schema as the subject's next version."""
    with _registry_errors(f"subject {subject}", missing_is_none=True):
        return bool(registry.test_compatibility(subject, Schema(text, "AVRO")))
    return True


def register(registry: SchemaRegistryClient, subject: str, text: str) -> None:
    """Register the schema as the subject's next version."""
    with _registry_errors(f"subject {subject}"):
        registry.register_schema(subject, Schema(text, "AVRO"))


def set_mode(registry: SchemaRegistryClient, subject: str, mode: str) -> None:
    """Set the subject's compatibility mode."""
    with _registry_errors(f"subject {subject}"):
        registry.set_compatibility(subject, mode)


def delete(registry: SchemaRegistryClient, subject: str) -> None:
    """Soft-delete the subject: its schemas can still be read by id."""
    with _registry_errors(f"to delete subject {subject}"):
        registry.delete_subject(subject)


def delete_version(registry: SchemaRegistryClient, subject: str, version: int) -> None:
    """Soft-delete one version."""
    with _registry_errors(f"to delete version {version} of subject {subject}"):
        registry.delete_version(subject, version)


def _text(registry: SchemaRegistryClient, subject: str, version: int) -> str | None:
    """Return a version's schema; None if it is not Avro or has references."""
    with _registry_errors(f"version {version} of subject {subject}"):
        schema = registry.get_version(subject, version).schema
    avro = schema.schema_type in (None, "AVRO") and not schema.references
    return schema.schema_str if avro else None


@contextmanager
def _registry_errors(what: str, missing_is_none: bool = False) -> Iterator[None]:
    """Raise UserError for an error of the registry. missing_is_none: suppress "not found"."""
    try:
        yield
    except SchemaRegistryError as error:
        if missing_is_none and error.http_status_code == NOT_FOUND:
            return
        why = (
            "the schema is not compatible with its versions; see `python -m contracts check`"
            if error.http_status_code == CONFLICT
            else error.error_message.rstrip(".")
        )
        raise UserError(f"The registry refused {what} ({error.http_status_code}): {why}.") from None
