"""Positions of consumer groups in topics, as Kafka has them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from connect.group_offsets import committed_offsets
from connect.kafka import Admin, Partition
from connect.topics import require_topics
from dashboard.pipeline.lag import Reading
from views.topic_facts import ANSWER_SECONDS, LATEST, offsets_of


def readings(admin: Admin, groups: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], Reading]:
    """Return the reading of each (group, topic); without those of which nothing is committed.

    groups: the topics of each group. Raises UserError or KafkaException when Kafka does not answer.
    """
    topics = sorted({topic for group in groups.values() for topic in group})
    partitions = [
        (topic, number)
        for topic, count in require_topics(admin, topics).items()
        for number in range(count)
    ]
    ends = offsets_of(admin, partitions, LATEST)
    committed = {
        group: committed_offsets(
            admin, group, [each for each in partitions if each[0] in own], ANSWER_SECONDS
        )
        for group, own in groups.items()
    }
    now = datetime.now(UTC)
    return {
        (group, topic): Reading(now, position, end)
        for group, positions in committed.items()
        for topic, (position, end) in by_topic(positions, ends).items()
    }


def by_topic(
    positions: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> dict[str, tuple[int, int]]:
    """Return (position, end) of each topic; one with a partition without a commit is unknown."""
    topics: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for partition, position in positions.items():
        # A partition that has never had a record has no commit either.
        topics[partition[0]].append((position if ends[partition] else 0, ends[partition]))
    return {
        topic: (sum(position for position, _ in each), sum(end for _, end in each))
        for topic, each in topics.items()
        if all(position >= 0 for position, _ in each)
    }
