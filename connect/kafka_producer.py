"""The one configuration and the one produce loop of all producers."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from connect.errors import UserError
from connect.kafka import client_config
from connect.settings import Settings

FULL_SECONDS = 0.05
"""Wait between two tries while the buffer is full."""
DEFAULTS = {
    "enable.idempotence": True,
    "acks": "all",
    # The partitioner of Java's clients: every client finds a key in the same partition.
    "partitioner": "murmur2_random",
}


RIGHTS = "check that the topic exists and that this client may write to it"
CLOCK = "set the clock of this machine, which is ahead of the broker's, by default by over an hour"
"""Remedies."""


class RecordRefusedError(UserError):
    """Kafka did not accept a record; reason: in the client's words."""

    def __init__(self, topic: str, error: KafkaError) -> None:
        self.reason = str(error.str())
        self.code = error.code()
        remedy = CLOCK if self.code == KafkaError.INVALID_TIMESTAMP else RIGHTS
        super().__init__(f"Kafka does not accept a record for {topic} ({self.reason}): {remedy}.")


def producer_config(settings: Settings, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration that the client is opened with."""
    return {**client_config(settings), **DEFAULTS, **options}


class KafkaProducer(Producer):
    """An idempotent producer that waits while its buffer is full."""

    def __init__(self, settings: Settings, options: Mapping[str, Any]) -> None:
        """options: further settings of the client, by librdkafka's names."""
        super().__init__(producer_config(settings, options))

    def send(self, topic: str, value: bytes | None, key: bytes | None, **arguments: Any) -> None:
        """Queue a message; arguments: as Producer.produce takes them.

        Raises RecordRefusedError for a message that the client does not take.
        """
        while True:
            try:
                self.produce(topic, value, key, **arguments)
                return
            except BufferError:
                self.poll(FULL_SECONDS)
            except KafkaException as error:
                raise RecordRefusedError(topic, error.args[0]) from None
