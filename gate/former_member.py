"""The member that a gate was before it was started again."""

from collections.abc import Set
from time import monotonic, sleep

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from connect.group_coordinator import described
from connect.kafka import ANSWER_SECONDS, Partition

POLL_SECONDS = 0.2


def wait_for_end(
    admin: AdminClient, group: str, name: str, partitions: Set[Partition], seconds: float
) -> None:
    """Wait until Kafka has forgotten a gate of this name that read other partitions.

    Kafka gives a member that comes back under its name the partitions that it had, whatever it
    subscribes to: records of a new topic or partition would wait until the next change of the
    group, and those of a topic that it does not read would reach it. seconds: the session time-out.
    With the same partitions, or without the permission to look, it returns at once.
    """
    until = monotonic() + seconds
    while monotonic() < until:
        try:
            members = described(admin, group, ANSWER_SECONDS).members
        except KafkaException:
            return
        assigned = {
            member.group_instance_id: {
                (at.topic, at.partition) for at in member.assignment.topic_partitions
            }
            for member in members
        }
        every = set().union(*assigned.values())
        if name not in assigned or assigned[name] <= partitions <= every:
            return
        sleep(POLL_SECONDS)
