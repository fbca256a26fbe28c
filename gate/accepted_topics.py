"""The accepted topics, which the gate writes and the job reads."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS
from connect.settings import ACCEPTED_PREFIX
from connect.topics import partition_counts, require_topics
from schemas.generated import QuarantinedRecord
from schemas.record import Record

UNLIMITED_RETENTION = {"cleanup.policy": "delete", "retention.ms": "-1"}
"""The job can rebuild its state from the accepted topics."""
BROKER_DEFAULT = -1


def accepted_topic(public: str) -> str:
    """Name the topic that holds the accepted records of a public topic."""
    return ACCEPTED_PREFIX + public


def create_missing(admin: AdminClient, record_types: Iterable[type[Record]]) -> list[str]:
    """Create the accepted topics that are missing, and return their names.

    Each has as many partitions as its public topic, as a record keeps its partition. Raises
    UserError for one with another number, and for a missing public topic or quarantine.
    """
    public_topics = [record_type.TOPIC for record_type in record_types]
    expected = require_topics(admin, [QuarantinedRecord.TOPIC, *public_topics])
    actual = partition_counts(admin)
    missing: list[NewTopic] = []
    for public in public_topics:
        accepted, partitions = accepted_topic(public), expected[public]
        if accepted not in actual:
            missing.append(
                NewTopic(accepted, partitions, BROKER_DEFAULT, config=UNLIMITED_RETENTION)
            )
        elif actual[accepted] != partitions:
            raise UserError(
                f"Topic {accepted} has {actual[accepted]} partitions and {public} has "
                f"{partitions}: give both the same number, as records keep their partition."
            )
    for name, creation in (admin.create_topics(missing) if missing else {}).items():
        try:
            creation.result(ANSWER_SECONDS)
        except KafkaException as error:
            reason = error.args[0]
            if reason.code() == KafkaError.TOPIC_ALREADY_EXISTS:
                # Another gate created it at the same moment, unless this one may not see it.
                reason = admin.list_topics(name, timeout=ANSWER_SECONDS).topics[name].error
            if reason is not None and reason.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise UserError(
                    f"Topic {name} could not be created: {reason.str()}: give the gate the "
                    "permission, or create it yourself with as many partitions as its public topic."
                ) from None
    return [topic.topic for topic in missing]
