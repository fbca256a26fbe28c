"""The topics that the gate reads, and the accepted ones, which it writes and the job reads."""

from collections.abc import Iterable, Mapping
from time import monotonic, sleep

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    NewPartitions,
    NewTopic,
)

from connect import kafka
from connect.errors import UserError
from connect.group_coordinator import once_begun
from connect.kafka import ANSWER_SECONDS, GATE_GROUP
from connect.part_log import LOG
from connect.settings import ACCEPTED_PREFIX, Settings
from connect.topics import partition_counts, require_topics
from contracts.accepted_topic import CONFIG
from contracts.deployment import topic_admin
from gate.start_offsets import START_ANEW
from schemas.generated import GATED, GateLimits, QuarantinedRecord
from schemas.record import Record

BROKER_DEFAULT = -1
RETRY_SECONDS = 0.1


def accepted_topic(public: str, prefix: str = "") -> str:
    """Name the topic that holds the accepted records of a public topic; prefix: see Settings."""
    return prefix + ACCEPTED_PREFIX + public.removeprefix(prefix)


def event_types(settings: Settings) -> dict[str, type[Record]]:
    """Return the class of each public topic."""
    return {settings.prefixed(event.TOPIC): event for event in GATED}


def create_missing(settings: Settings, record_types: Iterable[type[Record]]) -> list[str]:
    """Create the accepted topics that are missing, and return their names; all get CONFIG.

    Each gets as many partitions as its public topic, as a record keeps its partition. Raises
    UserError for one with more, for one that is gone although its public topic was read, and for a
    missing public topic or quarantine.
    """
    admin = kafka.admin(settings)
    public_topics = [settings.prefixed(record_type.TOPIC) for record_type in record_types]
    own = [settings.prefixed(written.TOPIC) for written in (QuarantinedRecord, GateLimits)]
    expected = require_topics(admin, [*own, *public_topics])
    accepted_topics = {public: accepted_topic(public, settings.prefix) for public in public_topics}
    actual = partition_counts(admin)
    missing: list[NewTopic] = []
    for public, accepted in accepted_topics.items():
        partitions = expected[public]
        if accepted not in actual:
            missing.append(NewTopic(accepted, partitions, BROKER_DEFAULT, config=CONFIG))
        elif actual[accepted] < partitions:
            _add_partitions(admin, accepted, partitions)
        elif actual[accepted] > partitions:
            raise UserError(
                f"Topic {accepted} has {actual[accepted]} partitions and {public} has "
                f"{partitions}: give both the same number, as records keep their partition."
            )
    if missing:
        gone = [public for public in public_topics if accepted_topics[public] not in actual]
        _require_unread(settings, {public: expected[public] for public in gone})
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
    partitions_of = {accepted_topics[public]: expected[public] for public in public_topics}
    _wait_until_known(admin, partitions_of)
    _configure(admin, partitions_of)
    return [topic.topic for topic in missing]


def _add_partitions(admin: AdminClient, topic: str, partitions: int) -> None:
    """Give an accepted topic the partitions that its public topic has got. Raises UserError."""
    try:
        admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(ANSWER_SECONDS)
    except KafkaException as error:
        if partition_counts(admin)[topic] >= partitions:
            return  # another gate has done it at the same moment
        raise UserError(
            f"Topic {topic} has fewer than the {partitions} partitions of its public topic, and "
            f"gets no more ({error.args[0].str()}): give the gate the permission, or add them "
            "yourself."
        ) from None
    LOG.info(f"{topic} has {partitions} partitions now, as its public topic.")


def _wait_until_known(admin: AdminClient, partitions: Mapping[str, int]) -> None:
    """Wait for the broker: the controller creates a topic before a busy broker learns of it."""
    until = monotonic() + ANSWER_SECONDS
    while not partitions.items() <= partition_counts(admin).items() and monotonic() < until:
        sleep(RETRY_SECONDS)


def _require_unread(settings: Settings, partitions: dict[str, int]) -> None:
    """Raise UserError for a public topic of which the gate has committed an offset.

    With an empty accepted topic the job would delete what it has published from the former one.
    partitions: number of them, by public topic.
    """
    group = settings.prefixed(GATE_GROUP)
    consumer = Consumer({**kafka.client_config(settings), "group.id": group})
    every = [TopicPartition(topic, n) for topic, count in partitions.items() for n in range(count)]
    try:
        committed = once_begun(
            lambda: consumer.committed(every, timeout=ANSWER_SECONDS), ANSWER_SECONDS
        )
    except KafkaException as error:
        raise UserError(
            f"Kafka does not give the offsets of the group {group} ({error.args[0].str()}): check "
            "that the gate may read the group."
        ) from None
    finally:
        consumer.close()
    read = sorted(at.topic for at in committed if at.offset >= 0)
    if read:
        raise UserError(
            f"Topic {accepted_topic(read[0], settings.prefix)} is gone, and the gate has read "
            f"{read[0]} already: restore it, or {START_ANEW}."
        )


def _configure(admin: AdminClient, partitions: dict[str, int]) -> None:
    """Let the broker set the time of every record and delete none.

    Topics of another origin have other settings: a job that rebuilds its state from a topic that
    has lost records replaces right levels.
    """
    try:
        for name, topic in topic_admin.described(admin, partitions).items():
            for setting, value in CONFIG.items():
                before = topic.config.get(setting)
                if before != value:
                    topic_admin.set_setting(admin, name, setting, value)
                    LOG.info(f"{name}: {setting} is now {value}, and was {before}.")
    except UserError as error:
        settings = ", ".join(f"{setting} = {value}" for setting, value in CONFIG.items())
        raise UserError(
            f"{error.message} Set {settings} yourself, or give the gate the permission to read and "
            "change the configuration of the accepted topics."
        ) from None
