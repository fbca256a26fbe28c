"""The quarantined records of the public topics, as far as the quarantine still has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from confluent_kafka.admin import AdminClient

from audit import offsets
from audit.topic_records import read
from connect.kafka import Partition
from connect.record_consumer import Received
from connect.settings import Settings
from schemas.avro.encode import EPOCH, MILLISECOND, milliseconds
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord

Coordinates = tuple[str, int, int]
"""(topic, partition, offset)"""
UNKNOWN = -2
"""No timestamp of a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuarantine:
    """The entries of the quarantine."""

    sent: Mapping[Coordinates, int | None] = field(default_factory=dict)
    """Kafka timestamp of each quarantined record in milliseconds; None: unknown. It tells the
    record from one at the same coordinates of a topic that was deleted and created again."""
    complete_since: datetime | None = None
    """Entries of records that arrived before this may have expired; None: none has."""

    def has(self, received: Received) -> bool:
        """Return True if the record is in quarantine."""
        coordinates = (received.topic, received.partition, received.offset)
        return self.sent.get(coordinates, UNKNOWN) in (None, received.timestamp)

    def may_have_forgotten(self, received: Received) -> bool:
        """Return True if the record may have been in quarantine, and its entry has expired."""
        if self.complete_since is None:
            return False
        return received.timestamp < milliseconds(self.complete_since)


def read_quarantine(settings: Settings, admin: AdminClient) -> KnownQuarantine:
    """Read the whole quarantine; without a gate there is none."""
    if not settings.has_gate:
        return KnownQuarantine()
    partitions = offsets.partitions(admin, [QuarantinedRecord], settings.prefix)
    sent: dict[Coordinates, int | None] = {}
    oldest: dict[Partition, int] = {}
    for received in read(settings, [QuarantinedRecord], offsets.end_offsets(admin, partitions)):
        oldest.setdefault((received.topic, received.partition), received.timestamp)
        if received.record is not None:
            at = received.record.sent_at
            sent[received.record.key()] = None if at is None else milliseconds(at)
    # A record is quarantined after it arrived: what is older than the oldest entry of a partition
    # that has lost its beginning may have been in it.
    now = milliseconds(utc_now())
    since = [
        oldest.get(partition, now)
        for partition, first in offsets.first_offsets(admin, partitions).items()
        if first
    ]
    return KnownQuarantine(
        sent=sent, complete_since=EPOCH + max(since) * MILLISECOND if since else None
    )
