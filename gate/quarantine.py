"""What is in quarantine, and what of it was sent again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from connect.settings import Settings
from gate.coordinates import RecordCoordinates
from schemas.generated import QuarantinedRecord, Redrive
from views.reader import TopicReader

AT_ONCE = 1000


class Kept(NamedTuple):
    """The little of a quarantined record that is kept of each when there are many."""

    reason: str
    quarantined_at: datetime


@dataclass(slots=True)
class Quarantine:
    """Everything by place: the newest word of each topic."""

    kept: dict[RecordCoordinates, Kept] = field(default_factory=dict)
    records: dict[RecordCoordinates, QuarantinedRecord] = field(default_factory=dict)
    """The records themselves, of the places that were asked for."""
    redriven: dict[RecordCoordinates, Redrive] = field(default_factory=dict)

    def open(self) -> Iterator[tuple[RecordCoordinates, Kept]]:
        """Those that were not sent again."""
        for place, kept in self.kept.items():
            if place not in self.redriven:
                yield place, kept


def look(settings: Settings, wanted: frozenset[RecordCoordinates] = frozenset()) -> Quarantine:
    """All there is now. Raises UserError when Kafka, the registry or a topic is not there."""
    found = Quarantine()
    reader = TopicReader(settings, [QuarantinedRecord, Redrive])
    try:
        while not reader.caught_up:
            for record in reader.read(AT_ONCE, 0.1):
                place = RecordCoordinates(*record.key())
                if isinstance(record, Redrive):
                    found.redriven[place] = record
                elif isinstance(record, QuarantinedRecord):
                    found.kept[place] = Kept(record.reason, record.quarantined_at)
                    if place in wanted:
                        found.records[place] = record
    finally:
        reader.close()
    return found
