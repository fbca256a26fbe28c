"""Clients of the Schema Registry, and the look-ups of schemas."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0
"""Time limit of a request."""
UNAUTHORISED = (401, 403)
SCHEMA_NOT_FOUND = 40403
"""The registry's own error code. A 404 of a proxy does not mean that a schema is unknown."""


class UnknownSchemaError(UserError):
    """The registry answers that it has no schema with that id."""


def address(settings: Settings) -> str:
    """Return the registry's URL without user and password."""
    parts = urlsplit(settings.registry_url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def unchecked_client(settings: Settings, seconds: float, retries: int) -> SchemaRegistryClient:
    """Open a client without a first request; seconds: time limit of a request.

    Raises UserError for a file of client settings that it cannot use.
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
    """Open a client and wait for the registry's answer; every later request has a time limit.

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


def schema_id(registry: SchemaRegistryClient, subject: str, schema: str) -> int:
    """Return the id of a schema in a subject. Raises UserError when it is not registered."""
    try:
        registered = registry.lookup_schema(subject, Schema(schema, "AVRO")).schema_id
    except SchemaRegistryError as error:
        raise UserError(
            f"This version of {subject} is not registered ({error.error_message}): "
            "register it with `make schemas`."
        ) from None
    assert registered is not None
    return registered


def schema_text(registry: SchemaRegistryClient, schema_id: int) -> str:
    """Return the schema with an id.

    Raises UnknownSchemaError when the registry itself answers that it has none, UserError when it
    gives no such answer.
    """
    try:
        return str(registry.get_schema(schema_id).schema_str)
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.error_code == SCHEMA_NOT_FOUND:
            raise UnknownSchemaError(f"The registry has no schema {schema_id}.") from None
        reason = str(error).rstrip(".") or type(error).__name__
        raise UserError(
            f"The registry did not return schema {schema_id} ({reason}): check that it is healthy."
        ) from None


def earlier_versions(
    registry: SchemaRegistryClient, subject: str, schema: str
) -> Iterator[tuple[int, str]]:
    """Yield (number, schema) of the versions of a subject before the one with this schema."""
    try:
        ours = registry.lookup_schema(subject, Schema(schema, "AVRO")).version
        for version in registry.get_versions(subject):
            if ours is not None and version < ours:
                registered = registry.get_version(subject, version).schema
                yield version, str(registered.schema_str) if registered else ""
    except SchemaRegistryError as error:
        raise UserError(
            f"The registry did not return the versions of {subject}: {error.error_message}."
        ) from None
