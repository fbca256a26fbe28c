"""A question to Kafka that only shows whether it answers, for probes of a part."""

from functools import cache

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from connect import kafka
from connect.settings import Settings

ANSWER_SECONDS = 2.0


class KafkaProbe:
    """Opens its client with the first question: without probes there is none."""

    def __init__(self, settings: Settings) -> None:
        self._servers = settings.kafka_servers
        self._client = cache(lambda: AdminClient(kafka.client_config(settings)))

    def silence(self) -> str:
        """Return a sentence when Kafka does not answer; empty: it does. Raises UserError."""
        try:
            kafka.cluster_id(self._client(), ANSWER_SECONDS)
        except KafkaException as error:
            return f"No Kafka broker answers at {self._servers} ({error.args[0].str()})."
        return ""
