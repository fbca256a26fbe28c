"""The quarantine: its records, and those of them that were redriven."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from connect.settings import Settings
from schemas.generated import QuarantinedRecord, Redrive
from views.reader import TopicReader

BATCH = 1000
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


@dataclass(slots=True)
class Quarantine:
    """The newest state of every quarantined record, by its coordinates."""

    all: dict[Coordinates, Quarantined] = field(default_factory=dict)
    """Quarantined records, redriven ones included."""
    redriven: dict[Coordinates, Redrive] = field(default_factory=dict)
    _by_reason: tuple[ReasonCount, ...] | None = None

    def put(self, record: QuarantinedRecord | Redrive) -> None:
        """Add the next record of either topic."""
        self._by_reason = None
        if isinstance(record, Redrive):
            self.redriven[record.key()] = record
        else:
            self.all[record.key()] = Quarantined(record.reason, record.quarantined_at)

    def open(self) -> Iterator[tuple[Coordinates, Quarantined]]:
        """Yield the records that were not redriven."""
        for coordinates, record in self.all.items():
            if coordinates not in self.redriven:
                yield coordinates, record

    def by_reason(self) -> tuple[ReasonCount, ...]:
        """Count the records that were not redriven, the most frequent reason first."""
        if self._by_reason is None:
            times: defaultdict[str, list[datetime]] = defaultdict(list)
            for _, record in self.open():
                times[record.reason].append(record.quarantined_at)
            counts = [ReasonCount(reason, len(each), min(each)) for reason, each in times.items()]
            self._by_reason = tuple(sorted(counts, key=lambda each: (-each.count, each.reason)))
        return self._by_reason


def read_quarantine(
    settings: Settings, complete: frozenset[Coordinates] = frozenset()
) -> tuple[Quarantine, dict[Coordinates, QuarantinedRecord]]:
    """Read the quarantine as it is now, with the complete records of some coordinates.

    Raises UserError when Kafka, the registry or a topic is missing.
    """
    quarantine = Quarantine()
    records: dict[Coordinates, QuarantinedRecord] = {}
    reader = TopicReader(settings, [QuarantinedRecord, Redrive])
    try:
        while not reader.caught_up:
            for record in reader.read(BATCH, 0.1):
                assert isinstance(record, QuarantinedRecord | Redrive)
                quarantine.put(record)
                if isinstance(record, QuarantinedRecord) and record.key() in complete:
                    records[record.key()] = record
    finally:
        reader.close()
    return quarantine, records
