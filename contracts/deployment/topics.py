"""Kafka's topics: what is there, and the ways in which a plan changes them."""

from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewTopic,
    ResourceType,
)

from connect.errors import UserError
from contracts.deployment.actual import FoundTopic

ANSWER_SECONDS = 30.0
BROKER_DEFAULT = -1


def listed(admin: AdminClient) -> tuple[str, dict[str, int]]:
    """The cluster's id, and the partitions of each of its topics."""
    try:
        there = admin.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException as error:
        raise UserError(f"Kafka does not tell its topics: {_said(error)}.") from None
    return str(there.cluster_id), {
        name: len(topic.partitions) for name, topic in there.topics.items()
    }


def described(admin: AdminClient, partitions: dict[str, int]) -> dict[str, FoundTopic]:
    """The named topics, with their settings."""
    resources = {ConfigResource(ResourceType.TOPIC, name): name for name in partitions}
    if not resources:
        return {}
    found: dict[str, FoundTopic] = {}
    for resource, answer in admin.describe_configs(list(resources)).items():
        name = resources[resource]
        config = _result(answer, f"Topic {name} does not tell its settings")
        found[name] = FoundTopic(
            partitions=partitions[name],
            config={entry.name: entry.value for entry in config.values()},
            own=frozenset(
                entry.name
                for entry in config.values()
                if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
            ),
        )
    return found


def create(admin: AdminClient, name: str, partitions: int, config: dict[str, str]) -> None:
    """Create a topic, with as many replicas as the brokers give by default."""
    topic = NewTopic(
        name, num_partitions=partitions, replication_factor=BROKER_DEFAULT, config=config
    )
    _result(admin.create_topics([topic])[name], f"Topic {name} could not be created")


def set_setting(admin: AdminClient, topic: str, setting: str, value: str | None) -> None:
    """Give a topic a setting's value, or take the one away that it has of its own."""
    operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    entry = ConfigEntry(setting, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    answer = admin.incremental_alter_configs([resource])[resource]
    _result(answer, f"Topic {topic} does not take {setting} = {value}")


def _result(answer: Any, failure: str) -> Any:
    try:
        return answer.result(ANSWER_SECONDS)
    except KafkaException as error:
        raise UserError(f"{failure}: {_said(error)}.") from None


def _said(error: KafkaException) -> str:
    return str(error.args[0].str()).rstrip(".")
