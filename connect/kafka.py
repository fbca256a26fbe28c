"""Kafka's admin client, opened with a check that a broker answers."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from connect.errors import Problem
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0


def admin(settings: Settings) -> AdminClient:
    """An AdminClient of a broker that has answered.

    Raises Problem when none answers within ANSWER_SECONDS.
    """
    client = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "log_level": 0, "socket.timeout.ms": 10_000}
    )
    try:
        client.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException:
        raise Problem(
            f"No Kafka broker answers at {settings.kafka_servers}: start one with `make up`, "
            f"or set {PREFIX}KAFKA to where it listens."
        ) from None
    return client
