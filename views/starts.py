"""The place at which reading of a topic begins: by what was read before, and the topic."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from views.database.read_offsets import Position
from views.topic_facts import TopicFacts


class Start(Enum):
    """The three ways to begin."""

    GO_ON = "go on at the stored offsets"
    REREAD = "read again from the start, then delete the rows that were not there"
    ANEW = "delete all rows, then read from the start"


def start_of(stored: Mapping[int, Position], facts: TopicFacts, now: datetime) -> Start:
    """Decide how to begin. stored: the topic's positions by partition.

    Another topic than the one that was read, or one with fewer records, has other rows. Where only
    deletions may be missing, the rows stay until the topic is read again.
    """
    is_other = any(
        position.topic_id != facts.topic_id or position.next_offset > facts.ends.get(partition, 0)
        for partition, position in stored.items()
    )
    if is_other or not stored:
        return Start.ANEW
    compacted = "compact" in facts.policies
    for partition, position in stored.items():
        first = facts.starts.get(partition, 0)
        # Kafka deletes the records of a topic with a retention as they grow old. The records of
        # another are deleted by hand only.
        is_emptied = first > position.start_offset and "delete" not in facts.policies
        is_skipped = first > position.next_offset
        without_tombstones = compacted and now - position.read_at > facts.tombstones
        if position.rereading or is_emptied or is_skipped or without_tombstones:
            return Start.REREAD
    return Start.GO_ON
