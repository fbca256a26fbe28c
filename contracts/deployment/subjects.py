"""Read and change subjects of a registry with Confluent's REST API."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import UserError
from connect.registry import NO_SUCH, UNAUTHORISED, answer_required
from contracts.deployment.actual import ActualSubject

NOT_FOUND = 404
CONFLICT = 409
READ_ONLY = "read-only"
"""Apicurio refuses a change with this word and the code of a conflict while its storage is so."""
WRITABLE = "READWRITE"


class SubjectForbiddenError(UserError):
    """The registry does not let this client read a subject."""


def version_numbers(registry: SchemaRegistryClient, subject: str) -> list[int]:
    """Return the version numbers of a subject; none if it does not exist.

    A registry's list of all subjects may be cut off, so this asks for the subject itself.
    """
    with _registry_errors(f"subject {subject}", missing_is_none=True):
        return list(registry.get_versions(subject))
    return []


def actual_subject(
    registry: SchemaRegistryClient, subject: str, schemas: tuple[str, ...]
) -> ActualSubject:
    """Return a subject's actual state. schemas: its released schemas, oldest first."""
    mode = mode_of(registry, subject)
    numbers = version_numbers(registry, subject)
    if not numbers:
        return ActualSubject(mode=mode)
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


def access_mode(registry: SchemaRegistryClient, subject: str) -> str:
    """Return the registry's mode of the subject, such as READONLY; a registry may know none."""
    for mode in (partial(registry.get_mode, subject), registry.get_global_mode):
        try:
            with answer_required():
                return str(mode())
        except SchemaRegistryError as error:
            if error.http_status_code not in (*NO_SUCH, *UNAUTHORISED):
                raise UserError(
                    f"The registry refused the mode of subject {subject}: {error.error_message}."
                ) from None
    return WRITABLE


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
        with answer_required():
            yield
    except SchemaRegistryError as error:
        if missing_is_none and error.http_status_code == NOT_FOUND:
            return
        if error.http_status_code in UNAUTHORISED:
            raise SubjectForbiddenError(
                f"The registry refuses this client {what} ({error.http_status_code})."
            ) from None
        why = (
            "the schema is not compatible with its versions; see `python -m contracts check`"
            if error.http_status_code == CONFLICT and READ_ONLY not in error.error_message
            else error.error_message.rstrip(".")
        )
        raise UserError(f"The registry refused {what} ({error.http_status_code}): {why}.") from None
