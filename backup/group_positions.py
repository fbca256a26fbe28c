"""Offsets that consumer groups have committed, with their metadata."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from confluent_kafka import Consumer, KafkaException, TopicPartition

from connect.errors import UserError
from connect.group_coordinator import once_begun
from connect.kafka import ANSWER_SECONDS, JOB_GROUP, Admin, Partition, client_config
from connect.settings import Settings

Commit = tuple[str, int, int, str]
"""(topic, partition, offset, metadata)"""


def saved_groups(
    settings: Settings, client: Admin, partitions: Iterable[Partition]
) -> dict[str, list[Commit]]:
    """Return the commits of each group that this client may see.

    Without the job's: its offsets belong to its checkpoints, and it calculates its state anew.
    """
    every = [TopicPartition(*partition) for partition in partitions]
    try:
        listed = client.list_consumer_groups(request_timeout=ANSWER_SECONDS).result().valid
        names = {each.group_id for each in listed} - {settings.prefixed(JOB_GROUP)}
        groups = {name: _committed(client, name, every) for name in sorted(names)}
    except KafkaException as error:
        raise UserError(
            f"Kafka does not give the offsets of consumer groups ({error.args[0].str()}): check "
            "that this client may describe them."
        ) from None
    return {name: commits for name, commits in groups.items() if commits}


def restore_groups(settings: Settings, groups: Mapping[str, Sequence[Commit]]) -> None:
    """Commit the offsets. Raises UserError for a group that has members, or may not be read."""
    for name, commits in groups.items():
        consumer = _consumer(settings, name)
        try:
            # Without the leader epoch, which belongs to the former cluster's partition.
            offsets = [TopicPartition(*commit) for commit in commits]
            # A new cluster begins to look after groups with the first question.
            once_begun(partial(consumer.committed, offsets, ANSWER_SECONDS), ANSWER_SECONDS)
            consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            raise UserError(
                f"Kafka does not store the offsets of the group {name} ({error.args[0].str()}): "
                "stop its members, and give this client the permission Read of the group."
            ) from None
        finally:
            consumer.close()


def _committed(client: Admin, group: str, partitions: list[TopicPartition]) -> list[Commit]:
    committed = client.committed(group, partitions, ANSWER_SECONDS)
    return [
        (at.topic, at.partition, at.offset, at.metadata or "") for at in committed if at.offset >= 0
    ]


def _consumer(settings: Settings, group: str) -> Consumer:
    return Consumer({**client_config(settings), "group.id": group, "enable.auto.commit": False})
