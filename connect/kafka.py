"""Kafka's admin client, opened with a check that a broker answers."""

import logging
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0
SILENT = logging.getLogger(__name__)
"""Kafka's client would write to standard error what its errors say again."""
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
SECURITY = (KafkaError._AUTHENTICATION, KafkaError._SSL)


def client(settings: Settings) -> dict[str, Any]:
    """What every client of Kafka is opened with: its address, and the file of further settings."""
    further = properties(settings.kafka_client, f"{PREFIX}KAFKA_CLIENT")
    return {
        **further,
        "bootstrap.servers": settings.kafka_servers,
        "log_level": 0,
        "logger": SILENT,
    }


def admin(settings: Settings) -> AdminClient:
    """An AdminClient of a broker that has answered.

    Raises UserError when none answers within ANSWER_SECONDS.
    """
    refusals: list[str] = []

    def note(error: KafkaError) -> None:
        if error.code() in SECURITY:
            refusals.append(str(error.str()))

    try:
        config = {**client(settings), "socket.timeout.ms": 10_000, "error_cb": note}
        opened = AdminClient(config)
    except KafkaException as error:
        raise UserError(
            f"{PREFIX}KAFKA_CLIENT: {settings.kafka_client}: Kafka's client does not take it: "
            f"{error.args[0].str()}."
        ) from None
    try:
        opened.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException:
        opened.poll(0)
        if refusals:
            raise UserError(
                f"Kafka at {settings.kafka_servers} refuses this client: set {PREFIX}KAFKA_CLIENT "
                f"to a file with its security settings ({refusals[-1]})."
            ) from None
        raise UserError(
            f"No Kafka broker answers at {settings.kafka_servers}: start one with `make up`, "
            f"or set {PREFIX}KAFKA to where it listens."
        ) from None
    return opened
