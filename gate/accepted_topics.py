"""The topics on both sides of the gate."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS
from connect.settings import ACCEPTED
from schemas.generated import QuarantinedRecord
from schemas.record import Record

KEPT_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1"}
"""The job can rebuild its state from them."""
BROKER_DEFAULT = -1


def accepted_topic(public: str) -> str:
    """Name the topic that holds the accepted records of a public topic."""
    return ACCEPTED + public


def prepare(admin: AdminClient, record_types: Iterable[type[Record]]) -> list[str]:
    """Create the accepted topics that are missing; returns their names.

    Each has as many partitions as its public topic: a record keeps its partition. Raises UserError
    for one that has others, and for a public topic or a quarantine that is not there.
    """
    there = {
        name: len(topic.partitions)
        for name, topic in admin.list_topics(timeout=ANSWER_SECONDS).topics.items()
    }
    missing: list[NewTopic] = []
    public_topics = [record_type.TOPIC for record_type in record_types]
    for needed in (QuarantinedRecord.TOPIC, *public_topics):
        if needed not in there:
            raise UserError(
                f"Topic {needed} is not there, or may not be seen: create it with "
                "`make schemas`, or give the gate the permission."
            )
    for public in public_topics:
        accepted, partitions = accepted_topic(public), there[public]
        if accepted not in there:
            missing.append(NewTopic(accepted, partitions, BROKER_DEFAULT, config=KEPT_FOR_EVER))
        elif there[accepted] != partitions:
            raise UserError(
                f"Topic {accepted} has {there[accepted]} partitions and {public} "
                f"has {partitions}: give both the same number, as records keep their partition."
            )
    for name, created in (admin.create_topics(missing) if missing else {}).items():
        try:
            created.result(ANSWER_SECONDS)
        except KafkaException as error:
            why = error.args[0]
            if why.code() == KafkaError.TOPIC_ALREADY_EXISTS:
                # Another gate that started at the same moment was first, unless it is hidden.
                why = admin.list_topics(name, timeout=ANSWER_SECONDS).topics[name].error
            if why is not None and why.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise UserError(
                    f"Topic {name} could not be created: {why.str()}: give the gate the "
                    "permission, or create it yourself with as many partitions as its public topic."
                ) from None
    return [topic.topic for topic in missing]
