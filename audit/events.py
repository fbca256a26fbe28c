"""What the audit reads: events, each as often as it was delivered."""

from typing import NamedTuple

from schemas.generated import AnyEvent

Key = tuple[str, ...]
"""The values of a record's key, in the order of its contract."""


class Delivery(NamedTuple):
    """An event where it lies in its topic."""

    event: AnyEvent
    partition: int
    offset: int
    late: bool = False
    """Whether it came after the audit had begun, so that the job need not have seen it yet."""
    count_seconds: int = 0
    """How long after it was taken a count may be recorded; 0: however long."""
    topic_prefix: str = ""
    """Prefix of the topics that the job reads: see Settings.topic_prefix."""

    @property
    def place(self) -> tuple[str, int, int]:
        return self.event.TOPIC, self.partition, self.offset

    def may_be(self, source_topic: str, source_partition: int, source_offset: int) -> bool:
        """Whether the job may have it from there: the gate keeps partitions, and no offsets."""
        here = (self.topic_prefix + self.event.TOPIC, self.partition)
        exact = self.topic_prefix or source_offset == self.offset
        return bool(exact) and here == (source_topic, source_partition)
