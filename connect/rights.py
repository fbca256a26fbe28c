"""Rights that a client lacks in Kafka, as the broker lists them: known before anything is done."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient  # type: ignore[attr-defined]

from connect.group_coordinator import described, once_begun
from connect.kafka import ANSWER_SECONDS

Operations = Mapping[str, Collection[AclOperation]]
"""Name of a topic or group -> the operations that are needed."""
REFUSALS = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED)
"""Errors of a question about topics that only a permission ends; others pass by themselves."""
FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)


def lacking(
    client: AdminClient, topics: Operations, groups: Operations, remedy: str
) -> Iterator[str]:
    """Yield a sentence for each topic that does not exist, and each operation that Kafka forbids.

    remedy: what shows the permissions. Raises KafkaException when Kafka does not answer.
    """
    topics_described = client.describe_topics(
        TopicCollection(list(topics)),
        include_authorized_operations=True,
        request_timeout=ANSWER_SECONDS,
    )
    for name, answer in topics_described.items():
        yield from _lacking(("topic", name), answer.result, topics[name], remedy)
    for group, needed in groups.items():
        ask = partial(_group, client, group)
        yield from _lacking(
            ("group", group), partial(once_begun, ask, ANSWER_SECONDS), needed, remedy
        )


def _group(client: AdminClient, group: str) -> Any:
    return described(client, group, ANSWER_SECONDS, include_authorized_operations=True)


def _lacking(
    resource: tuple[str, str],
    ask: Callable[[], Any],
    needed: Collection[AclOperation],
    remedy: str,
) -> Iterator[str]:
    kind, name = resource
    try:
        allowed = ask().authorized_operations
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
