"""The longest limits under which the gate has ever accepted records.

The job keeps ids and movements for that long, whatever the limits are today: it reads the accepted
topics again after a change of the settings, and must come to the same result.
"""

import time
from collections.abc import Iterable
from dataclasses import replace

from confluent_kafka import OFFSET_BEGINNING, KafkaException, TopicPartition

from connect.errors import UserError
from connect.kafka import JOB_GROUP
from connect.record_consumer import RecordConsumer
from connect.settings import Settings
from connect.topics import require_topics
from schemas.generated import GateLimits

BATCH = 1_000
READ_SECONDS = 1.0
POLL_SECONDS = 60.0
"""Time between two looks: state is kept for days beyond its limits."""


def with_longest_limits(settings: Settings) -> Settings:
    """Return the settings with the longest of their limits and those in the topic.

    Raises UserError when the broker, the registry or the topic is missing.
    """
    if not settings.has_gate:
        return settings
    applied = _applied(settings)
    return replace(
        settings,
        dedup_seconds=longest([settings.dedup_seconds, *(each.dedup_seconds for each in applied)]),
        count_seconds=longest([settings.count_seconds, *(each.count_seconds for each in applied)]),
    )


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


def _applied(settings: Settings) -> list[GateLimits]:
    consumer = RecordConsumer(settings, [GateLimits], JOB_GROUP, {})
    applied: list[GateLimits] = []
    try:
        topic = settings.prefixed(GateLimits.TOPIC)
        partitions = require_topics(consumer.consumer, [topic])[topic]
        consumer.assign(
            TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)
        )
        while consumer.unread:
            read = consumer.read(BATCH, READ_SECONDS)
            applied += [each.record for each in read if each.record is not None]
    finally:
        consumer.close()
    return applied
