"""The Schema Registry's client, opened with a check that it answers."""

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.errors import Problem
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0


def client(settings: Settings) -> SchemaRegistryClient:
    """A client whose registry has answered, with a time limit on every later call.

    Raises Problem when the registry does not answer.
    """
    opened = SchemaRegistryClient(
        {"url": settings.registry_url, "timeout": ANSWER_SECONDS, "max.retries": 2}
    )
    try:
        opened.get_subjects()
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        raise Problem(
            f"No Schema Registry answers at {settings.registry_url} ({type(error).__name__}): "
            f"start one with `make up`, or set {PREFIX}REGISTRY to its Confluent API."
        ) from None
    return opened


def schema_id(registry: SchemaRegistryClient, subject: str, text: str) -> int:
    """The id under which a subject holds a schema's text. Raises Problem when it does not."""
    try:
        found = registry.lookup_schema(subject, Schema(text, "AVRO")).schema_id
    except SchemaRegistryError as error:
        raise Problem(
            f"The registry does not hold this version of {subject} ({error.error_message}): "
            "register it with `make schemas`."
        ) from None
    assert found is not None
    return found


class UnknownSchema(Problem):
    """The registry answers, and holds no schema of that id."""


def text(registry: SchemaRegistryClient, schema_id: int) -> str:
    """The text registered under an id. Raises UnknownSchema for none, Problem for no answer."""
    try:
        return str(registry.get_schema(schema_id).schema_str)
    except SchemaRegistryError as error:
        reason = error.error_message.rstrip(".")
        if error.http_status_code == 404:
            raise UnknownSchema(f"The registry has no schema {schema_id}: {reason}.") from None
        raise Problem(f"The registry does not tell schema {schema_id}: {reason}.") from None
