"""An event as it was delivered to its topic."""

from typing import NamedTuple

from connect.settings import ACCEPTED_PREFIX
from schemas.generated import AnyEvent

Key = tuple[str, ...]
"""Values of a record's key, in the order of its contract."""


class Delivery(NamedTuple):
    """One record of an event topic."""

    event: AnyEvent
    partition: int
    offset: int
    late: bool = False
    """True when it was produced after the audit began: the job may not have read it yet."""
    uncertain: bool = False
    """True when it may have been quarantined: its entry there would have expired."""
    arrived_at: int = 0
    """Kafka's time of the record in milliseconds since 1970."""
    may_count: bool = False
    """True when the quarantine has it, for a reason that is REVISABLE (audit.known_quarantine). It
    counts all the same if the gate, which lost its offset and read it again, accepted it once."""
    count_seconds: int = 0
    """Longest time between a count and its recording, in seconds; 0: unlimited."""
    topic_prefix: str = ""
    """Prefix of the topics that the job reads: see Settings.topic_prefix."""

    @property
    def place(self) -> tuple[str, int, int]:
        """Return (topic, partition, offset)."""
        return self.event.TOPIC, self.partition, self.offset

    @property
    def is_gated(self) -> bool:
        """True if the job reads it from an accepted topic, where it has another offset."""
        return self.topic_prefix.endswith(ACCEPTED_PREFIX)

    def may_be(self, source_topic: str, source_partition: int, source_offset: int) -> bool:
        """Return True if the job may have read it there: the gate keeps partitions, not offsets."""
        here = (self.topic_prefix + self.event.TOPIC, self.partition)
        exact = self.is_gated or source_offset == self.offset
        return exact and here == (source_topic, source_partition)
