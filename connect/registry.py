"""The Schema Registry's client, opened with a check that it answers."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0
UNAUTHORISED = (401, 403)


def address(settings: Settings) -> str:
    """The registry's URL without the user and password that it may hold."""
    parts = urlsplit(settings.registry_url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def unchecked_client(settings: Settings, seconds: float, retries: int) -> SchemaRegistryClient:
    """A client that has not asked anything yet; seconds: the time limit of a call.

    Raises UserError when the file of its settings is no such file.
    """
    variable = f"{PREFIX}REGISTRY_CLIENT"
    further = properties(settings.registry_client, variable)
    try:
        return SchemaRegistryClient(
            {**further, "url": settings.registry_url, "timeout": seconds, "max.retries": retries}
        )
    except (ValueError, TypeError, OSError) as error:
        file = settings.registry_client or "no file"
        raise UserError(
            f"{variable}: {file}: the registry's client cannot be opened with it: {error}."
        ) from None


def client(settings: Settings) -> SchemaRegistryClient:
    """A client whose registry has answered, with a time limit on every later call.

    Raises UserError when the registry does not answer, or refuses this client.
    """
    variable = f"{PREFIX}REGISTRY_CLIENT"
    opened = unchecked_client(settings, ANSWER_SECONDS, retries=2)
    try:
        opened.get_subjects()
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.http_status_code in UNAUTHORISED:
            raise UserError(
                f"The Schema Registry at {address(settings)} refuses this client "
                f"({error.http_status_code}): set {variable} to a file with the line "
                "basic.auth.user.info = user:password."
            ) from None
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise UserError(
                f"The certificate of the Schema Registry at {address(settings)} is not trusted: "
                f"set {variable} to a file with the line ssl.ca.location = the authority's file."
            ) from None
        raise UserError(
            f"No Schema Registry answers at {address(settings)} ({type(error).__name__}): "
            f"start one with `make up`, or set {PREFIX}REGISTRY to its Confluent API."
        ) from None
    return opened


def schema_id(registry: SchemaRegistryClient, subject: str, text: str) -> int:
    """The id under which a subject holds a schema's text. Raises UserError when it does not."""
    try:
        found = registry.lookup_schema(subject, Schema(text, "AVRO")).schema_id
    except SchemaRegistryError as error:
        raise UserError(
            f"The registry does not hold this version of {subject} ({error.error_message}): "
            "register it with `make schemas`."
        ) from None
    assert found is not None
    return found


def before(registry: SchemaRegistryClient, subject: str, text: str) -> Iterator[tuple[int, str]]:
    """(number, text) of the versions that a subject had before it had this text."""
    try:
        ours = registry.lookup_schema(subject, Schema(text, "AVRO")).version
        for version in registry.get_versions(subject):
            if ours is not None and version < ours:
                found = registry.get_version(subject, version).schema
                yield version, str(found.schema_str) if found else ""
    except SchemaRegistryError as error:
        raise UserError(
            f"The registry does not tell the versions of {subject}: {error.error_message}."
        ) from None


class UnknownSchemaError(UserError):
    """The registry answers, and holds no schema of that id."""


def text(registry: SchemaRegistryClient, schema_id: int) -> str:
    """The schema registered under an id. Raises UnknownSchemaError, or UserError for no answer."""
    try:
        return str(registry.get_schema(schema_id).schema_str)
    except SchemaRegistryError as error:
        reason = error.error_message.rstrip(".")
        if error.http_status_code == 404:
            raise UnknownSchemaError(f"The registry has no schema {schema_id}: {reason}.") from None
        raise UserError(f"The registry does not tell schema {schema_id}: {reason}.") from None
