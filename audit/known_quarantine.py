"""The quarantined records of the public topics, as far as the quarantine still has them."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

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
REVISABLE = ("time", "too_late", "late_count", "unknown_schema", "unreadable", "unforwardable")
"""The gate's reasons that follow from more than the record: from clocks, settings, the registry or
Kafka. Judged twice, as after a crash, it may be quarantined once, and accepted the other time."""
NOT_COUNTED = ("conflict", "unhandled")
"""The job's reasons, for records that it has read."""
CLOCKS = 3_600_000
"""Milliseconds that the gate's clock may be behind the broker's."""


class Entry(NamedTuple):
    """The part of a quarantined record that the audit uses."""

    sent: int
    """Kafka timestamp of the record in milliseconds; if it is unknown, the negative of the time at
    which the record was quarantined. It tells the record from one at the same coordinates of a
    topic that was deleted and created again."""
    may_count: bool = False
    """True if the reason is one of REVISABLE."""


class Entries:
    """The entries of the quarantine by coordinates: 17 bytes for each of millions.

    A partition of the quarantine has the records of a public one in the order of their offsets,
    but for those that a gate judged again after a crash.
    """

    def __init__(self, entries: Mapping[Coordinates, Entry] | None = None) -> None:
        self._runs: defaultdict[Partition, defaultdict[int, _Run]]
        self._runs = defaultdict(lambda: defaultdict(_Run))
        self._again: dict[Coordinates, Entry] = {}
        for key, entry in (entries or {}).items():
            self.put(0, key, entry)

    def add(self, partition: int, record: QuarantinedRecord) -> None:
        """Add a record of a partition of the quarantine, unless the job has written it.

        The job reads the public topics while the gate is off: what it could not count stays
        accepted, as it would be behind the gate.
        """
        if record.reason not in NOT_COUNTED:
            at = record.sent_at
            sent = -milliseconds(record.quarantined_at) if at is None else milliseconds(at)
            self.put(partition, record.key(), Entry(sent, record.reason in REVISABLE))

    def put(self, partition: int, key: Coordinates, entry: Entry) -> None:
        """Add an entry. partition: that of the quarantine; key: the entry's own."""
        topic, number, offset = key
        if not self._runs[topic, number][partition].append(offset, entry):
            self._again[key] = entry

    def get(self, key: Coordinates) -> Entry | None:
        """Return the newest entry of a key."""
        if entry := self._again.get(key):
            return entry
        runs = self._runs.get(key[:2], {}).values()
        return next((entry for run in runs if (entry := run.get(key[2]))), None)


class _Run:
    """Entries of one partition by ascending offsets."""

    def __init__(self) -> None:
        self._offsets, self._sent, self._may_count = array("q"), array("q"), bytearray()

    def append(self, offset: int, entry: Entry) -> bool:
        """Append an entry; return False for one that does not follow the last one."""
        if self._offsets and offset <= self._offsets[-1]:
            return False
        self._offsets.append(offset)
        self._sent.append(entry.sent)
        self._may_count.append(entry.may_count)
        return True

    def get(self, offset: int) -> Entry | None:
        at = bisect_left(self._offsets, offset)
        if at == len(self._offsets) or self._offsets[at] != offset:
            return None
        return Entry(self._sent[at], bool(self._may_count[at]))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuarantine:
    """The quarantine, as far as Kafka still has it."""

    entries: Entries = field(default_factory=Entries)
    complete_since: datetime | None = None
    """Entries of records that arrived before this may have expired; None: none has."""

    def entry(self, received: Received) -> Entry | None:
        """Return the entry of a record."""
        entry = self.entries.get((received.topic, received.partition, received.offset))
        if entry is None:
            return None
        if entry.sent < 0:
            return entry if received.timestamp <= CLOCKS - entry.sent else None
        return entry if entry.sent == received.timestamp else None

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
    entries = Entries()
    oldest: dict[Partition, int] = {}
    for received in read(settings, [QuarantinedRecord], offsets.end_offsets(admin, partitions)):
        oldest.setdefault((received.topic, received.partition), received.timestamp)
        record = received.record
        if record is not None:
            entries.add(received.partition, record)
    # A record is quarantined after it arrived: what is older than the oldest entry of a partition
    # that has lost its beginning may have been in it.
    now = milliseconds(utc_now())
    since = [
        oldest.get(partition, now)
        for partition, first in offsets.first_offsets(admin, partitions).items()
        if first
    ]
    return KnownQuarantine(
        entries=entries, complete_since=EPOCH + max(since) * MILLISECOND if since else None
    )
