"""Read and change Kafka topics through the admin client."""

from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewTopic,
    ResourceType,
    TopicMetadata,
)

from connect.errors import UserError
from connect.group_coordinator import once_begun
from connect.group_offsets import committed_offsets
from connect.kafka import Admin
from connect.rights import REFUSALS
from contracts.deployment.actual import ActualTopic
from contracts.deployment.steps import CreateTopic

TIMEOUT_SECONDS = 30.0
BROKER_DEFAULT = -1
FORBIDDEN = (
    *REFUSALS,
    KafkaError.TOPIC_ALREADY_EXISTS,  # and this client may not see it
)


class TopicForbiddenError(UserError):
    """Kafka does not let this client do something to a topic."""


class GroupForbiddenError(UserError):
    """Kafka does not let this client see a consumer group."""


def listed(admin: AdminClient) -> tuple[str, dict[str, TopicMetadata]]:
    """Return the cluster's id, and each topic with its partitions."""
    try:
        metadata = admin.list_topics(timeout=TIMEOUT_SECONDS)
    except KafkaException as error:
        raise UserError(f"Topics could not be listed: {_message(error)}.") from None
    return str(metadata.cluster_id), metadata.topics


def copies(topic: TopicMetadata) -> int | None:
    """Return the smallest number of copies of its partitions; None without a partition."""
    return min((len(partition.replicas) for partition in topic.partitions.values()), default=None)


def described(admin: AdminClient, partitions: dict[str, int]) -> dict[str, ActualTopic]:
    """Return the topics with their settings. partitions: topic -> number of partitions."""
    resources = {ConfigResource(ResourceType.TOPIC, name): name for name in partitions}
    if not resources:
        return {}
    topics: dict[str, ActualTopic] = {}
    for resource, answer in admin.describe_configs(list(resources)).items():
        name = resources[resource]
        config = _result(answer, f"Settings of topic {name} could not be read")
        topics[name] = ActualTopic(
            partitions=partitions[name],
            config={entry.name: entry.value for entry in config.values()},
            own=frozenset(
                entry.name
                for entry in config.values()
                if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
            ),
        )
    return topics


def committed(admin: Admin, group: str, partitions: dict[str, int]) -> frozenset[str]:
    """Return the topics of which a consumer group has committed an offset.

    partitions: topic -> number of partitions. Waits while the group has no coordinator yet.
    """
    every = [(topic, number) for topic, count in partitions.items() for number in range(count)]
    if not every:
        return frozenset()
    try:
        offsets = once_begun(
            lambda: committed_offsets(admin, group, every, TIMEOUT_SECONDS), TIMEOUT_SECONDS
        )
    except KafkaException as error:
        forbidden = error.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED
        error_type = GroupForbiddenError if forbidden else UserError
        raise error_type(
            f"Offsets of the group {group} could not be read: {_message(error)}."
        ) from None
    return frozenset(topic for (topic, _), offset in offsets.items() if offset >= 0)


def create(admin: AdminClient, step: CreateTopic, *, only_check: bool = False) -> None:
    """Create a topic.

    only_check: change nothing, and raise what the change would raise.
    """
    topic = NewTopic(
        step.topic,
        num_partitions=step.partitions,
        replication_factor=step.replication or BROKER_DEFAULT,
        config=step.config,
    )
    answer = admin.create_topics([topic], validate_only=only_check)[step.topic]
    _result(answer, f"Topic {step.topic} could not be created")


def set_setting(
    admin: AdminClient,
    topic: str,
    setting: str,
    value: str | None,
    *,
    only_check: bool = False,
) -> None:
    """Set a topic's setting; None removes it from the topic. only_check: as in create."""
    operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    entry = ConfigEntry(setting, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    answers = admin.incremental_alter_configs([resource], validate_only=only_check)
    _result(answers[resource], f"Topic {topic}: {setting} = {value} could not be set")


def _result(answer: Any, failure: str) -> Any:
    try:
        return answer.result(TIMEOUT_SECONDS)
    except KafkaException as error:
        forbidden = error.args[0].code() in FORBIDDEN
        error_type = TopicForbiddenError if forbidden else UserError
        raise error_type(f"{failure}: {_message(error)}.") from None


def _message(error: KafkaException) -> str:
    return str(error.args[0].str()).rstrip(".")
