"""Clients of the Schema Registry, and the look-ups of schemas."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import OAuthTokenError, SchemaRegistryError

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

ANSWER_SECONDS, RETRIES = 4.5, 1
"""Time limit of a try, and tries after the first: a silent registry is named within 10 s."""
FIRST_ANSWER_SECONDS = 5.0
"""Time limit of the request that tells whether a registry answers at all; it is not repeated."""
UNAUTHORISED = (401, 403)
NOT_TRUSTED = re.compile(r"certificate verify failed: (.*?)(?: \(|$)")
"""OpenSSL's reason in the error of a request."""
STATIC_TOKEN, OAUTHBEARER = "STATIC_TOKEN", "OAUTHBEARER"
"""Sources of a token: the file of client settings, or an OpenID Connect provider."""
NO_SUCH = (404, 405, 501)
"""HTTP codes for a GUID that is unknown, and of a registry without GUIDs."""
AVRO = "AVRO"
"""The registry's name of the kind of schemas."""
SCHEMA_NOT_FOUND = 40403
"""The registry's own error code. A 404 of a proxy does not mean that a schema is unknown."""
LARGEST_ID = 2**31 - 1
"""Largest schema id. Of a larger one, Confluent's registry answers that there is no such page."""


class UnknownSchemaError(UserError):
    """The registry answers that it has no schema with that id."""


def unchecked_client(settings: Settings, seconds: float, retries: int) -> SchemaRegistryClient:
    """Open a client without a first request; seconds: time limit of a request.

    Raises UserError for a file of client settings that it cannot use.
    """
    variable = f"{PREFIX}REGISTRY_CLIENT"
    further = properties(settings.registry_client, variable)
    if source := token_source(further):
        # The client requires lines that only Confluent's cloud needs, and not each provider.
        required = {"bearer.auth.logical.cluster": "", "bearer.auth.credentials.source": source}
        if source == OAUTHBEARER:
            required["bearer.auth.scope"] = ""
        further = required | further
    try:
        return SchemaRegistryClient(
            {**further, "url": settings.registry_url, "timeout": seconds, "max.retries": retries}
        )
    except (ValueError, TypeError, OSError) as error:
        file = settings.registry_client or "no file"
        raise UserError(
            f"{variable}: {file}: the registry's client cannot be opened with it: {error}."
        ) from None


def token_source(given: Mapping[str, str]) -> str:
    """Return the source of the client's token in Confluent's words; empty: it has none.

    given: lines of the file of client settings.
    """
    if source := given.get("bearer.auth.credentials.source"):
        return source
    if "bearer.auth.token" in given:
        return STATIC_TOKEN
    return OAUTHBEARER if "bearer.auth.client.id" in given else ""


def client(settings: Settings) -> SchemaRegistryClient:
    """Open a client and wait for the registry's answer; every later request has a time limit.

    Raises UserError when the registry does not answer, or refuses this client.
    """
    variable = f"{PREFIX}REGISTRY_CLIENT"
    first = unchecked_client(settings, FIRST_ANSWER_SECONDS, retries=0)
    try:
        first.get_subjects()
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.http_status_code in UNAUTHORISED:
            raise UserError(
                f"The Schema Registry at {settings.registry_url} refuses this client "
                f"({error.http_status_code}): set {variable} to a file with the line "
                "basic.auth.user.info = user:password, or bearer.auth.token = its token."
            ) from None
        if isinstance(error, OAuthTokenError):
            raise UserError(
                f"The token for the Schema Registry cannot be fetched ({error.message}): check the "
                f"lines bearer.auth.… of the file that {variable} names."
            ) from None
        if distrust := NOT_TRUSTED.search(str(error)):
            raise UserError(
                f"The certificate of the Schema Registry at {settings.registry_url} is not "
                f"trusted ({distrust[1]}): renew it if it has ended, or set {variable} to a file "
                "with the line ssl.ca.location = its authority's file."
            ) from None
        raise _no_answer(settings.registry_url, error) from None
    return unchecked_client(settings, ANSWER_SECONDS, RETRIES)


@contextmanager
def answer_required() -> Iterator[None]:
    """Raise UserError when the registry does not answer a request; its own errors pass through."""
    try:
        yield
    except (SchemaRegistryError, UserError):
        raise
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        raise _no_answer(_address(error), error) from None


def _address(error: Exception) -> str:
    request = getattr(error, "request", None)
    return str(request.url) if request else "its address"


def _no_answer(address: str, error: Exception) -> UserError:
    return UserError(
        f"No Schema Registry answers at {address} ({type(error).__name__}): start one with "
        f"`make up`, or set {PREFIX}REGISTRY to its Confluent API."
    )


def schema_id(registry: SchemaRegistryClient, subject: str, schema: str) -> int:
    """Return the id of a schema in a subject. Raises UserError when it is not registered."""
    try:
        with answer_required():
            registered = registry.lookup_schema(subject, Schema(schema, AVRO)).schema_id
    except SchemaRegistryError as error:
        raise UserError(
            f"This version of {subject} is not registered ({error.error_message}): "
            "register it with `make schemas`."
        ) from None
    assert registered is not None
    return registered


def schema_text(registry: SchemaRegistryClient, schema_id: int) -> str:
    """Return the Avro schema with an id.

    Raises UnknownSchemaError when the registry itself answers that it has none, or one of another
    kind, which Flink's job cannot read; UserError when it gives no such answer.
    """
    if schema_id > LARGEST_ID:
        raise UnknownSchemaError(f"The registry has no schema {schema_id}: ids are smaller.")
    try:
        schema = registry.get_schema(schema_id)
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.error_code == SCHEMA_NOT_FOUND:
            raise UnknownSchemaError(f"The registry has no schema {schema_id}.") from None
        reason = str(error).rstrip(".") or type(error).__name__
        raise UserError(
            f"The registry did not return schema {schema_id} ({reason}): check that it is healthy "
            f"at {_address(error)}, which {PREFIX}REGISTRY names."
        ) from None
    if schema.schema_type not in (AVRO, None):
        raise UnknownSchemaError(
            f"The registry has no Avro schema {schema_id}: that one is of {schema.schema_type}."
        )
    return str(schema.schema_str)


def schema_id_of_guid(registry: SchemaRegistryClient, subject: str, guid: str) -> int:
    """Return the id of the schema with a GUID in a subject.

    Raises UnknownSchemaError when the subject has none, or the registry knows no GUIDs; UserError
    when it does not answer.
    """
    try:
        schema = registry.get_schema_by_guid(guid)
        registered = registry.lookup_schema(subject, schema).schema_id
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.http_status_code in NO_SUCH:
            raise UnknownSchemaError(f"The registry has no schema with GUID {guid}.") from None
        reason = str(error).rstrip(".") or type(error).__name__
        raise UserError(
            f"The registry did not return the schema with GUID {guid} ({reason}): check that it is "
            f"healthy at {_address(error)}, which {PREFIX}REGISTRY names."
        ) from None
    assert registered is not None
    return registered


def earlier_versions(
    registry: SchemaRegistryClient, subject: str, schema: str
) -> Iterator[tuple[int, str]]:
    """Yield (number, schema) of the versions of a subject before the one with this schema."""
    try:
        with answer_required():
            ours = registry.lookup_schema(subject, Schema(schema, AVRO)).version
            numbers = registry.get_versions(subject)
            earlier = [number for number in numbers if ours is not None and number < ours]
            versions = [(number, registry.get_version(subject, number)) for number in earlier]
    except SchemaRegistryError as error:
        raise UserError(
            f"The registry did not return the versions of {subject}: {error.error_message}."
        ) from None
    for number, version in versions:
        yield number, str(version.schema.schema_str) if version.schema else ""
