"""Offsets that a consumer group has committed."""

from collections.abc import Collection

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from connect.group_coordinator import NEVER_SECONDS, answered
from connect.kafka import Partition


def committed_offsets(
    client: AdminClient, group: str, partitions: Collection[Partition], seconds: float
) -> dict[Partition, int]:
    """Return the committed offset of each partition, negative without a commit.

    seconds: time limit of the answer. Raises KafkaException.
    """
    committed = committed_positions(client, group, partitions, seconds)
    return {(each.topic, each.partition): each.offset for each in committed}


def committed_positions(
    client: AdminClient, group: str, partitions: Collection[Partition], seconds: float
) -> list[TopicPartition]:
    """Return the committed offset of each partition with its metadata.

    seconds: time limit of the answer. Raises KafkaException.
    """
    question = ConsumerGroupTopicPartitions(group, [TopicPartition(*each) for each in partitions])
    answers = client.list_consumer_group_offsets([question], request_timeout=NEVER_SECONDS)
    return answered(answers[group], seconds).topic_partitions or []


def change_offsets(
    client: AdminClient, group: str, offsets: list[TopicPartition], seconds: float
) -> None:
    """Commit offsets for a group without members in their topics.

    seconds: time limit of the answer. Raises KafkaException.
    """
    change = ConsumerGroupTopicPartitions(group, offsets)
    answers = client.alter_consumer_group_offsets([change], request_timeout=NEVER_SECONDS)
    answered(answers[group], seconds)
