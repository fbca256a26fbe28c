"""The schemas of a registry, and their ids, which stand in the header of each message.

Confluent's API has no request that every registry takes for a schema with a given id: Apicurio
accepts its mode IMPORT and then gives ids of its own. So a new registry, which counts from 1, gets
the schemas in the order of their ids, each under a subject that is deleted afterwards, and another
schema in place of each id that is missing. Only then come the real subjects: for a schema that it
knows, Apicurio answers with its id, and skips another. Each answer is compared with the backup.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from backup.manifest import SavedSchema
from connect.errors import UserError
from connect.registry import answer_required

TEMPORARY = "restored-id-"
"""Begin of the names of subjects that are deleted at the end, after the prefix."""
NO_SUBJECT = ""
LARGEST_ID, BEYOND = 10_000, 100
"""Largest id that is counted up to; ids above that of a known schema that are looked at."""
ANY_MODE = "NONE"
NOT_FOUND = 404


def saved_schemas(
    client: SchemaRegistryClient, prefix: str, note: Callable[[str], None]
) -> list[SavedSchema]:
    """Return all versions of the subjects with a prefix, and what only an id leads to.

    note: gets a sentence for each schema that is not Avro, or refers to others.
    """
    saved: list[SavedSchema] = []
    has_hidden = False
    with _refusals("its schemas"):
        subjects = [each for each in client.get_subjects(deleted=True) if each.startswith(prefix)]
    for subject in sorted(subjects):
        active = set(_versions(client, subject, deleted=False))
        has_hidden |= not active  # Apicurio does not give the versions of a deleted subject
        for number in _versions(client, subject, deleted=True) if active else ():
            with _refusals(f"version {number} of {subject}"):
                version = client.get_version(subject, number, deleted=True)
            schema = version.schema
            assert schema
            assert schema.schema_str
            assert version.schema_id is not None
            if schema.schema_type not in (None, "AVRO") or schema.references:
                note(f"Version {number} of {subject} is no Avro schema of its own: not saved.")
                continue
            saved.append(
                SavedSchema(
                    schema_id=version.schema_id,
                    subject=subject,
                    version=number,
                    text=schema.schema_str,
                    deleted=number not in active,
                )
            )
    return [*(_of_no_subject(client, saved) if has_hidden else ()), *saved]


def _of_no_subject(
    client: SchemaRegistryClient, saved: Sequence[SavedSchema]
) -> Iterator[SavedSchema]:
    """Yield the schemas that messages may name, and that no subject has any more."""
    known = {each.schema_id for each in saved}
    for number in range(1, min(max(known, default=0), LARGEST_ID) + BEYOND):
        if number not in known:
            with _refusals(f"schema {number}", missing_is_none=True):
                text = str(client.get_schema(number).schema_str)
                yield SavedSchema(
                    schema_id=number, subject=NO_SUBJECT, version=0, text=text, deleted=True
                )


def saved_modes(client: SchemaRegistryClient, saved: Sequence[SavedSchema]) -> dict[str, str]:
    """Return the subjects' own compatibility modes."""
    modes = {}
    for subject in dict.fromkeys(each.subject for each in _of_subjects(saved)):
        with _refusals(f"the mode of {subject}", missing_is_none=True):
            modes[subject] = str(client.get_compatibility(subject))
    return modes


def require_room(client: SchemaRegistryClient, saved: Sequence[SavedSchema]) -> bool:
    """Return False if the registry has every schema with its id already.

    Raises UserError for another registry that is not empty: it cannot give the ids.
    """
    with _refusals("its subjects"):
        there = set(client.get_subjects(deleted=True))
        ids = {
            (subject, number): client.get_version(subject, number, deleted=True).schema_id
            for subject in there & {each.subject for each in _of_subjects(saved)}
            if client.get_versions(subject)
            for number in client.get_versions(subject, deleted=True)
        }
    expected = {(each.subject, each.version): each.schema_id for each in _of_subjects(saved)}
    if ids == expected and (expected or not saved):
        return False
    largest = max(each.schema_id for each in saved)
    if there or largest > LARGEST_ID:
        cause = (
            f"is not empty: it has the subject {min(there)}"
            if there
            else f"would have to count to {largest:,} for the ids, expected at most {LARGEST_ID:,}"
        )
        raise UserError(
            f"The registry {cause}. Restore into a new one (local: `make reset`), or first bring "
            "the schemas of the backup into it by its own means, with their ids."
        )
    return True


def restore_schemas(
    client: SchemaRegistryClient, prefix: str, saved: Sequence[SavedSchema], modes: dict[str, str]
) -> None:
    """Register all versions so that each has its id. Call require_room before.

    Raises UserError when the registry gives another id.
    """
    temporary: list[str] = []
    kept = {f"{prefix}{TEMPORARY}{each.schema_id}" for each in saved if not each.subject}
    try:
        text_of = _claimed(client, prefix, {each.schema_id: each.text for each in saved}, temporary)
        for subject, versions in groupby(_of_subjects(saved), lambda each: each.subject):
            _restore_subject(client, list(versions), text_of, modes.get(subject))
    finally:
        with _refusals("to delete the subjects of the restore"):
            for subject in temporary:
                client.delete_subject(subject)
                if subject not in kept:
                    client.delete_subject(subject, permanent=True)


def _claimed(
    client: SchemaRegistryClient, prefix: str, text_of: dict[int, str], temporary: list[str]
) -> dict[int, str]:
    """Let the registry give each id up to the largest; return its schema as it was registered.

    temporary: gets the subjects of that.
    """
    claimed: dict[int, str] = {}
    for number in range(1, max(text_of, default=0) + 1):
        text = text_of.get(number) or json.dumps(
            {"type": "fixed", "name": f"unused_id_{number}", "size": 1}
        )
        # Of two schemas that differ in blanks the registry may answer with one text.
        while text in claimed.values():
            text += " "
        temporary.append(f"{prefix}{TEMPORARY}{number}")
        _register(client, temporary[-1], text, number)
        claimed[number] = text
    return claimed


def _restore_subject(
    client: SchemaRegistryClient,
    versions: Sequence[SavedSchema],
    text_of: dict[int, str],
    mode: str | None,
) -> None:
    subject = versions[0].subject
    for each in versions:
        _register(client, subject, text_of[each.schema_id], each.schema_id)
        if each is versions[0] and len(versions) > 1:
            # The registry judged them when they came, perhaps under another mode.
            with _refusals(f"the mode of {subject}"):
                client.set_compatibility(subject, ANY_MODE)
        if each.deleted:
            # At once: a later version may have the same schema.
            with _refusals(f"to delete a version of {subject}"):
                client.delete_version(subject, each.version)
            client.clear_caches()  # type: ignore[no-untyped-call]
    with _refusals(f"the mode of {subject}"):
        if mode:
            client.set_compatibility(subject, mode)
        elif len(versions) > 1:
            client.delete_config(subject)


def _register(client: SchemaRegistryClient, subject: str, text: str, expected: int) -> None:
    with _refusals(f"a schema of {subject}"):
        given = client.register_schema(subject, Schema(text, "AVRO"))
    if given != expected:
        raise UserError(
            f"The registry gives a schema of {subject} the id {given}, expected {expected}, which "
            "stands in the messages: restore into a new registry (local: `make reset`), or bring "
            "the schemas into it by its own means, with their ids."
        )


def _of_subjects(saved: Sequence[SavedSchema]) -> list[SavedSchema]:
    return [each for each in saved if each.subject != NO_SUBJECT]


def _versions(client: SchemaRegistryClient, subject: str, deleted: bool) -> list[int]:
    with _refusals(f"the versions of {subject}", missing_is_none=True):
        return list(client.get_versions(subject, deleted=deleted))
    return []


@contextmanager
def _refusals(of: str, missing_is_none: bool = False) -> Iterator[None]:
    """Raise UserError for an error of the registry."""
    try:
        with answer_required():
            yield
    except SchemaRegistryError as error:
        if missing_is_none and error.http_status_code == NOT_FOUND:
            return
        raise UserError(
            f"The registry refuses {of} ({error.http_status_code}): {error.error_message}."
        ) from None
