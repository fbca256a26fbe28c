"""Offsets that a consumer group has committed."""

from collections.abc import Collection

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from connect.group_coordinator import NEVER_SECONDS, answered
from connect.kafka import Admin, Partition


def committed_offsets(
    client: Admin, group: str, partitions: Collection[Partition], seconds: float
) -> dict[Partition, int]:
    """Return the committed offset of each partition, negative without a commit.

    seconds: time limit of the answer. Raises KafkaException.
    """
    places = [TopicPartition(*each) for each in partitions]
    committed = client.committed(group, places, seconds)
    return {(each.topic, each.partition): each.offset for each in committed}


def change_offsets(
    client: AdminClient, group: str, offsets: list[TopicPartition], seconds: float
) -> None:
    """Commit offsets for a group without members in their topics.

    seconds: time limit of the answer. Raises KafkaException.
    """
    change = ConsumerGroupTopicPartitions(group, offsets)
    answers = client.alter_consumer_group_offsets([change], request_timeout=NEVER_SECONDS)
    answered(answers[group], seconds)
