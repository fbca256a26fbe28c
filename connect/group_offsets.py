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
    question = ConsumerGroupTopicPartitions(group, [TopicPartition(*each) for each in partitions])
    answers = client.list_consumer_group_offsets([question], request_timeout=NEVER_SECONDS)
    committed = answered(answers[group], seconds).topic_partitions or []
    return {(each.topic, each.partition): each.offset for each in committed}
