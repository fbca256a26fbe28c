"""The parts whose outage makes every page old, queried every two seconds."""

from collections.abc import Callable, Mapping
from functools import cache

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

import connect.running_job
from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from dashboard.model.signs import Outage, Part
from dashboard.pipeline.poll import Poll

ANSWER_SECONDS = 2.0
"""Time limit of an answer: an outage is on the page within 6 s."""
RECONNECT = {"reconnect.backoff.ms": 1000, "reconnect.backoff.max.ms": 1000}
"""Settings of clients that wait for a broker to return: one try a second.

By default, librdkafka tries twenty times a second at first, and costs five times as much CPU.
"""
SERVER_ERRORS = 500
"""First HTTP code by which a proxy says that the registry behind it does not answer."""


class Watch:
    """The outages of the parts, shared by all pages of this server."""

    def __init__(self, questions: Mapping[Part, Callable[[], object]]) -> None:
        self._polls = {part: Poll(question).start() for part, question in questions.items()}

    def stop(self) -> None:
        for poll in self._polls.values():
            poll.stop()

    @property
    def outages(self) -> dict[Part, Outage]:
        """The outage of each part that does not answer."""
        answers = {part: poll.answer for part, poll in self._polls.items()}
        return {part: each.outage for part, each in answers.items() if each.outage}


def questions(settings: Settings) -> dict[Part, Callable[[], object]]:
    """Return the question for each part that this installation has."""
    return {
        Part.BROKER: lambda: _broker(settings),
        Part.REGISTRY: lambda: _registry(settings),
    }


@cache
def _admin(settings: Settings) -> AdminClient:
    config = {**kafka.client_config(settings), **RECONNECT, "socket.timeout.ms": 2000}
    return AdminClient(config)


@cache
def _registry_client(settings: Settings) -> SchemaRegistryClient:
    return registry.unchecked_client(settings, ANSWER_SECONDS, retries=0)


def _broker(settings: Settings) -> str:
    """Return the id of the Kafka cluster."""
    try:
        return kafka.cluster_id(_admin(settings), ANSWER_SECONDS)
    except KafkaException:
        raise UserError(f"No broker answers at {settings.kafka_servers}.") from None


known_cluster = cache(_broker)
"""The id of the Kafka cluster, also while it does not answer; UserError if it never has."""


def _registry(settings: Settings) -> None:
    try:
        _registry_client(settings).get_schema_types()
    except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
        if isinstance(error, SchemaRegistryError) and error.http_status_code < SERVER_ERRORS:
            return
        raise UserError(
            f"No Schema Registry answers at {settings.registry_url} ({type(error).__name__})."
        ) from None


def running_job(settings: Settings, seconds: float) -> str:
    """Return the id of this installation's job. Raises UserError if it does not run.

    seconds: time limit of Flink's answer.
    """
    return connect.running_job.running_job(settings, known_cluster(settings), seconds)
