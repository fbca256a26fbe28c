"""Configuration of all Kafka clients, an admin client, and the names of consumer groups."""

import logging
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from connect import tls
from connect.errors import UserError
from connect.group_coordinator import described
from connect.properties import properties
from connect.settings import PREFIX, Settings

ANSWER_SECONDS = 10.0
"""Time limit of a request."""
GATE_GROUP = "inventory-gate"
"""Consumer group of all gates."""
JOB_GROUP = "inventory-job"
"""Group of the job's sources, which commit with each checkpoint and start from the checkpoint."""
CONVERSION_GROUP = "inventory-conversions"
"""Group of the converter's sources, which go on from the committed offsets."""
VIEWS_GROUP = "inventory-views"
"""Group of all that read topics from the start (read model, simulator, replenisher, `gate
quarantine`); they commit nothing."""
AUDIT_GROUP = "inventory-audit"
"""Group of the audit's consumers, which commit nothing."""
Partition = tuple[str, int]
"""(topic, partition)"""
SILENT = logging.getLogger(__name__)
"""The client's own log, dropped: its errors are raised as exceptions, too."""
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
SECURITY = (KafkaError._AUTHENTICATION, KafkaError._SSL)
NOT_TRUSTED = "certificate verify failed"
"""Words of the client's error about the certificate of a broker."""
TLS_ALERT = "SSL alert"
"""Words of an error of transport by which a broker refuses the client's certificate: in TLS 1.3 it
does so after the handshake."""


class Admin(AdminClient):
    """An admin client that reads the offsets of groups by consumers, which join no group.

    librdkafka's own question for them (2.16, list_consumer_group_offsets) ends the process when the
    broker does not look after the group any more, as after a pause or a move of its leaders.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._config = config
        self._consumers: dict[str, Consumer] = {}

    def committed(
        self, group: str, partitions: list[TopicPartition], seconds: float
    ) -> list[TopicPartition]:
        """Return the partitions with their committed offsets and metadata.

        seconds: time limit of the answer. Raises KafkaException.
        """
        if group not in self._consumers:
            try:
                # A consumer that may not describe its group waits, and does not say so.
                described(self, group, seconds)
            except KafkaException as error:
                if error.args[0].code() != KafkaError._UNSUPPORTED_FEATURE:
                    raise
            config = {**self._config, "group.id": group, "enable.auto.commit": False}
            self._consumers[group] = Consumer(config)
        return self._consumers[group].committed(partitions, timeout=seconds)


def client_config(settings: Settings) -> dict[str, Any]:
    """Return the settings of every client: the address, and those of the user's file.

    Raises UserError for a file that cannot be read.
    """
    return {
        **properties(settings.kafka_client, f"{PREFIX}KAFKA_CLIENT"),
        "bootstrap.servers": settings.kafka_servers,
        "log_level": 0,
        "logger": SILENT,
    }


def cluster_id(client: AdminClient | Producer, seconds: float = ANSWER_SECONDS) -> str:
    """Return the id of the Kafka cluster, which no address has. Raises KafkaException."""
    return str(client.list_topics(timeout=seconds).cluster_id)


def job_name(cluster: str) -> str:
    """Return the name of a Kafka cluster's job: one Flink cluster can run those of several."""
    return f"inventory {cluster}"


def admin(settings: Settings) -> Admin:
    """Open an admin client and wait for a broker's answer.

    Raises UserError when no broker answers within ANSWER_SECONDS.
    """
    security_errors: list[str] = []

    def note(error: KafkaError) -> None:
        if error.code() in SECURITY or TLS_ALERT in str(error.str()):
            security_errors.append(str(error.str()))

    try:
        config = {**client_config(settings), "socket.timeout.ms": 10_000, "error_cb": note}
        client = Admin(config)
    except KafkaException as error:
        raise UserError(
            f"{PREFIX}KAFKA_CLIENT: {settings.kafka_client}: Kafka's client rejects a setting: "
            f"{error.args[0].str()}."
        ) from None
    try:
        client.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException:
        client.poll(0)
        if security_errors:
            if NOT_TRUSTED in security_errors[-1]:
                _require_trust(settings, config.get("ssl.ca.location", ""))
            raise UserError(
                f"Kafka at {settings.kafka_servers} refuses this client: set {PREFIX}KAFKA_CLIENT "
                f"to a file with its security settings ({security_errors[-1]})."
            ) from None
        raise UserError(
            f"No Kafka broker answers at {settings.kafka_servers}: start one with `make up`, "
            f"or set {PREFIX}KAFKA to the address of yours."
        ) from None
    return client


def _require_trust(settings: Settings, authority: str) -> None:
    """Raise UserError if a broker's certificate is the reason, which librdkafka does not give."""
    for address in settings.kafka_servers.split(","):
        if reason := tls.distrust(address.strip(), authority):
            raise UserError(
                f"The certificate of Kafka at {address} is not trusted ({reason}): renew it if it "
                f"has ended, or set {PREFIX}KAFKA_CLIENT to a file with the line ssl.ca.location = "
                "its authority's file."
            ) from None
