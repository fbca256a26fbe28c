"""The registry's subjects: what is there, and the ways in which a plan changes them.

By Confluent's REST API alone, so that any registry that speaks it will do.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import UserError
from contracts.deployment.actual import FoundSubject

NOT_FOUND = 404
CONFLICT = 409


def listed(registry: SchemaRegistryClient) -> set[str]:
    """Every subject that has a version."""
    with _answering("the list of subjects"):
        return set(registry.get_subjects())


def look(
    registry: SchemaRegistryClient, subject: str, texts: tuple[str, ...], exists: bool
) -> FoundSubject:
    """A subject, held against the texts that it is to have. exists: whether it is listed."""
    mode = mode_of(registry, subject)
    if not exists:
        return FoundSubject(mode=mode)
    with _answering(f"subject {subject}"):
        numbers = registry.get_versions(subject)
    ours = {text: number for text in texts if (number := version_of(registry, subject, text))}
    missing = [text for text in texts if text not in ours]
    return FoundSubject(
        mode=mode,
        ours=ours,
        foreign={
            number: _text(registry, subject, number)
            for number in numbers
            if number not in ours.values()
        },
        refuses=bool(missing) and not fits(registry, subject, missing[0]),
    )


def mode_of(registry: SchemaRegistryClient, subject: str) -> str | None:
    """The subject's own compatibility mode; None when it has none."""
    with _answering(f"subject {subject}", missing_is_none=True):
        return str(registry.get_compatibility(subject))
    return None


def version_of(registry: SchemaRegistryClient, subject: str, text: str) -> int | None:
    """The version under which the registry has the schema; None when it has not."""
    with _answering(f"subject {subject}", missing_is_none=True):
        return registry.lookup_schema(subject, Schema(text, "AVRO")).version
    return None


def fits(registry: SchemaRegistryClient, subject: str, text: str) -> bool:
    """Whether the registry would take the schema as the subject's next version."""
    with _answering(f"subject {subject}", missing_is_none=True):
        return bool(registry.test_compatibility(subject, Schema(text, "AVRO")))
    return True


def register(registry: SchemaRegistryClient, subject: str, text: str) -> None:
    """Register the schema as the subject's next version."""
    with _answering(f"subject {subject}"):
        registry.register_schema(subject, Schema(text, "AVRO"))


def set_mode(registry: SchemaRegistryClient, subject: str, mode: str) -> None:
    """Set the subject's compatibility mode."""
    with _answering(f"subject {subject}"):
        registry.set_compatibility(subject, mode)


def delete(registry: SchemaRegistryClient, subject: str) -> None:
    """Delete the subject, softly: what its ids stand for can still be asked."""
    with _answering(f"to delete subject {subject}"):
        registry.delete_subject(subject)


def delete_version(registry: SchemaRegistryClient, subject: str, version: int) -> None:
    """Delete one version, softly."""
    with _answering(f"to delete version {version} of subject {subject}"):
        registry.delete_version(subject, version)


def _text(registry: SchemaRegistryClient, subject: str, version: int) -> str | None:
    """A version's text; None for one that is not Avro or refers to other subjects."""
    with _answering(f"version {version} of subject {subject}"):
        schema = registry.get_version(subject, version).schema
    avro = schema.schema_type in (None, "AVRO") and not schema.references
    return schema.schema_str if avro else None


@contextmanager
def _answering(what: str, missing_is_none: bool = False) -> Iterator[None]:
    """Turns the registry's refusals into Problems; swallows "not found", if it may be missing."""
    try:
        yield
    except SchemaRegistryError as error:
        if missing_is_none and error.http_status_code == NOT_FOUND:
            return
        why = (
            "the schema is not compatible with the versions that it has; "
            "see `python -m contracts check`"
            if error.http_status_code == CONFLICT
            else error.error_message.rstrip(".")
        )
        raise UserError(f"The registry refuses {what} ({error.http_status_code}): {why}.") from None
