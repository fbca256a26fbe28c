"""Checks of topics: their partitions, and one message for a missing one."""

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError
from confluent_kafka.admin import AdminClient

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS

MISSING = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_AUTHORIZATION_FAILED)
"""Errors of a topic that do not pass by themselves."""


def partition_counts(client: AdminClient) -> dict[str, int]:
    """Return the number of partitions of every topic that the client may see."""
    topics = client.list_topics(timeout=ANSWER_SECONDS).topics
    return {name: len(topic.partitions) for name, topic in topics.items()}


def require_topics(client: AdminClient | Consumer, names: Iterable[str]) -> dict[str, int]:
    """Return the number of partitions of the named topics.

    Raises UserError for a topic that does not exist or that the client may not see.
    """
    topics = client.list_topics(timeout=ANSWER_SECONDS).topics
    counts: dict[str, int] = {}
    for name in names:
        error = topics[name].error if name in topics else None
        if name not in topics or (error is not None and error.code() in MISSING):
            raise UserError(
                f"Topic {name} does not exist, or this client may not see it: create it with "
                "`make schemas`, or give this client the permission."
            )
        counts[name] = len(topics[name].partitions)
    return counts
