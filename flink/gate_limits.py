"""The longest limits under which the gate has ever accepted records.

The job keeps ids and movements for that long, whatever the limits are today: it reads the accepted
topics again after a change of the settings, and must come to the same result.

The gate writes them to a topic. The folder of the checkpoints has them, too: a topic that was
deleted and created again has lost them, and the accepted topics still have the records.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from confluent_kafka import OFFSET_BEGINNING, KafkaException, TopicPartition

from connect.errors import UserError
from connect.kafka import JOB_GROUP
from connect.part_log import LOG
from connect.record_consumer import RecordConsumer
from connect.settings import PREFIX, Settings
from connect.topics import require_topics
from flink import checkpoints, storage
from schemas.generated import GateLimits

BATCH = 1_000
READ_SECONDS = 1.0
POLL_SECONDS = 60.0
"""Time between two looks: state is kept for days beyond its limits."""
FILE = "gate-limits.json"
"""In the folder of all states of a Kafka cluster."""


class Limits(NamedTuple):
    """Limits in seconds, as the contract `gate_limits` describes them; 0: none."""

    dedup_seconds: int
    count_seconds: int


def with_longest_ever(settings: Settings, cluster: str) -> Settings:
    """Return the settings with the longest of their limits, those in the topic and earlier ones.

    cluster: id of the Kafka cluster. Raises UserError when the broker, the registry or the topic is
    missing, or the file of earlier limits is damaged.
    """
    folder = checkpoints.cluster_folder(settings, cluster)
    if not settings.has_gate:
        return settings
    in_topic = _applied(settings)
    applied = [*in_topic, *_kept(f"{folder}/{FILE}")]
    if not applied:
        return settings
    ever = Limits(*map(longest, zip(*applied, strict=True)))
    storage.write(f"{folder}/{FILE}", json.dumps(ever._asdict()).encode())
    if _lengthened(settings, applied) != _lengthened(settings, in_topic):
        dedup, count = (f"{PREFIX}{name.upper()}={value}" for name, value in ever._asdict().items())
        LOG.warning(
            f"The topic {settings.prefixed(GateLimits.TOPIC)} lacks limits under which records "
            "were accepted; the job keeps its state for them all the same. For jobs with another "
            f"folder of checkpoints, write them again: start the gate once with {dedup} {count}."
        )
    return _lengthened(settings, [ever])


def with_longest_limits(settings: Settings) -> Settings:
    """Return the settings with the longest of their limits and those in the topic.

    Raises UserError when the broker, the registry or the topic is missing.
    """
    return _lengthened(settings, _applied(settings)) if settings.has_gate else settings


def wait_for_longer(settings: Settings) -> None:
    """Return when the gate has applied a longer limit than those of the settings."""
    while True:
        try:
            if with_longest_limits(settings) != settings:
                return
        except (UserError, KafkaException):
            pass  # Kafka or the registry is away: the gate applies nothing either
        time.sleep(POLL_SECONDS)


def longest(limits: Iterable[int]) -> int:
    """Return the longest limit; 0, which is none, is the longest of all."""
    limits = list(limits)
    return max(limits) if all(limits) else 0


def _lengthened(settings: Settings, limits: Iterable[Limits]) -> Settings:
    """Return the settings with the longest of their limits and others."""
    dedup, count = zip((settings.dedup_seconds, settings.count_seconds), *limits, strict=True)
    return replace(settings, dedup_seconds=longest(dedup), count_seconds=longest(count))


def _kept(file: str) -> list[Limits]:
    """Return the limits in a file, if there is one; file: its URL. Raises UserError."""
    try:
        return [Limits(**json.loads(storage.read(file)))] if storage.exists(file) else []
    except (ValueError, TypeError):
        unlimited = json.dumps(Limits(0, 0)._asdict())
        raise UserError(
            f"{file} is damaged: expected the longest limits under which the gate has accepted "
            f"records, such as {unlimited} for no limit: restore it, or write them."
        ) from None


def _applied(settings: Settings) -> list[Limits]:
    """Return the limits in the topic."""
    consumer = RecordConsumer(settings, [GateLimits], JOB_GROUP, {})
    applied: list[Limits] = []
    try:
        topic = settings.prefixed(GateLimits.TOPIC)
        partitions = require_topics(consumer.consumer, [topic])[topic]
        consumer.assign(
            TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)
        )
        while consumer.unread:
            read = consumer.read(BATCH, READ_SECONDS)
            records = [each.record for each in read if each.record is not None]
            applied += [Limits(each.dedup_seconds, each.count_seconds) for each in records]
    finally:
        consumer.close()
    return applied
