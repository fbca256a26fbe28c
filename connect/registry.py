"""The Schema Registry's client, opened with a check that it answers."""

from confluent_kafka.schema_registry import SchemaRegistryClient

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
