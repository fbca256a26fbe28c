"""The quarantine: its records, and those of them that were redriven."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.generated import QuarantinedRecord, Redrive
from views.reader import TopicReader

BATCH = 1000
QUARANTINE_DAYS = 7
"""Days of the quarantine that the dashboard reads and counts."""
Coordinates = tuple[str, int, int]
"""(topic, partition, offset) of a record in its public topic."""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """The records of one reason that were not redriven."""

    reason: str
    count: int
    since: datetime
    """Time at which the first of them was quarantined, UTC."""


class Quarantined(NamedTuple):
    """The part of a quarantined record that is kept in memory for each of many."""

    reason: str
    quarantined_at: datetime
    sent_at: datetime | None = None
    """Kafka's time of the record in its public topic; None for none."""


@dataclass(slots=True)
class Quarantine:
    """The newest state of every quarantined record, by its coordinates."""

    all: dict[Coordinates, Quarantined] = field(default_factory=dict)
    """Quarantined records, redriven ones included."""
    redriven: dict[Coordinates, Redrive] = field(default_factory=dict)

    def put(self, record: QuarantinedRecord | Redrive) -> None:
        """Add the next record of either topic."""
        if isinstance(record, Redrive):
            self.redriven[record.key()] = record
        else:
            self.all[record.key()] = Quarantined(
                record.reason, record.quarantined_at, record.sent_at
            )

    def remove(self, tombstone: Tombstone) -> None:
        """Delete a record of either topic."""
        records: dict[Any, Any] = self.redriven if tombstone.record_type is Redrive else self.all
        records.pop(tombstone.key, None)

    def open(self) -> Iterator[tuple[Coordinates, Quarantined]]:
        """Yield the records that were not redriven."""
        for coordinates, record in self.all.items():
            if self.redrive_of(coordinates, record.sent_at) is None:
                yield coordinates, record

    def redrive_of(self, coordinates: Coordinates, sent_at: datetime | None) -> Redrive | None:
        """Return the redrive of a record, if there is one; sent_at: see Quarantined."""
        redrive = self.redriven.get(coordinates)
        return redrive if redrive and is_of(redrive, sent_at) else None


def is_of(redrive: Redrive, sent_at: datetime | None) -> bool:
    """Return False for the redrive of an earlier record with the coordinates of one sent at a time.

    A topic that is deleted and created again has other records at the offsets of the former.
    """
    return sent_at is None or sent_at <= redrive.redriven_at


def read_quarantine(
    settings: Settings, only: frozenset[Coordinates] = frozenset()
) -> tuple[Quarantine, dict[Coordinates, QuarantinedRecord]]:
    """Read the quarantine as it is now: all of it, or only some coordinates with their records.

    Raises UserError when Kafka, the registry or a topic is missing.
    """
    quarantine = Quarantine()
    records: dict[Coordinates, QuarantinedRecord] = {}
    reader = TopicReader(settings, [QuarantinedRecord, Redrive])
    try:
        while not reader.caught_up:
            for record in reader.read(BATCH, 0.1):
                if isinstance(record, Tombstone):
                    quarantine.remove(record)
                    continue
                assert isinstance(record, QuarantinedRecord | Redrive)
                if only and record.key() not in only:
                    continue
                quarantine.put(record)
                if only and isinstance(record, QuarantinedRecord):
                    records[record.key()] = record
    finally:
        reader.close()
    return quarantine, records
