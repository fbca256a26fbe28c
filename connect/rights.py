"""Rights that a client lacks in Kafka, as the broker lists them: known before anything is done."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient  # type: ignore[attr-defined]

from connect.kafka import ANSWER_SECONDS

Operations = Mapping[str, Collection[AclOperation]]
"""Name of a topic or group -> the operations that are needed."""
FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)


def lacking(
    client: AdminClient, topics: Operations, groups: Operations, remedy: str
) -> Iterator[str]:
    """Yield a sentence for each topic that does not exist, and each operation that Kafka forbids.

    remedy: what shows the permissions. Raises KafkaException when Kafka does not answer.
    """
    described = client.describe_topics(
        TopicCollection(list(topics)),
        include_authorized_operations=True,
        request_timeout=ANSWER_SECONDS,
    )
    for name, answer in described.items():
        yield from _lacking("topic", name, answer, topics[name], remedy)
    if groups:
        members = client.describe_consumer_groups(
            list(groups), include_authorized_operations=True, request_timeout=ANSWER_SECONDS
        )
        for name, answer in members.items():
            yield from _lacking("group", name, answer, groups[name], remedy)


def _lacking(
    kind: str, name: str, answer: Any, needed: Collection[AclOperation], remedy: str
) -> Iterator[str]:
    try:
        allowed = answer.result(ANSWER_SECONDS + 1).authorized_operations
    except KafkaException as error:
        code = error.args[0].code()
        if code == KafkaError.UNKNOWN_TOPIC_OR_PART:
            yield f"Topic {name} does not exist: create it with `python -m contracts apply`."
            return
        if code not in FORBIDDEN:
            raise
        allowed = []
    for operation in needed:
        if operation not in allowed:
            yield (
                f"Kafka does not allow this client {operation.name.capitalize()} on {kind} {name}: "
                f"{remedy}."
            )
