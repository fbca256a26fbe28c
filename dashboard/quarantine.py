"""What the gate has put aside, by reason: how many records, and since when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from schemas.generated import QuarantinedRecord, Redrive
from views.table import Table

RecordCoordinates = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Aside:
    """The records of one reason that were not sent again."""

    reason: str
    count: int
    since: datetime
    """When the first of them was put aside, UTC."""


class PutAside:
    """Keeps of each record its place, its reason and its time."""

    def __init__(self) -> None:
        self._kept: dict[RecordCoordinates, tuple[str, datetime]] = {}
        self._sent_again: Table[Redrive] = Table()
        self._changed = False
        self._summary: tuple[Aside, ...] = ()

    def put(self, record: QuarantinedRecord | Redrive) -> None:
        self._changed = True
        if isinstance(record, Redrive):
            self._sent_again.put(record)
        else:
            place = record.source_topic, record.source_partition, record.source_offset
            self._kept[place] = record.reason, record.quarantined_at

    def summary(self) -> tuple[Aside, ...]:
        """By reason, the most frequent first."""
        if self._changed:
            self._changed = False
            times: dict[str, list[datetime]] = defaultdict(list)
            for place, (reason, at) in self._kept.items():
                if self._sent_again.get(*place) is None:
                    times[reason].append(at)
            found = (Aside(reason, len(all_), min(all_)) for reason, all_ in times.items())
            self._summary = tuple(sorted(found, key=lambda one: (-one.count, one.reason)))
        return self._summary


def sentence(found: tuple[Aside, ...], written: dict[str, str]) -> str:
    """What a page says of them; written: each reason's `since` as the page writes times."""
    total = sum(one.count for one in found)
    parts = ", ".join(
        f"{one.count:,} {one.reason.replace('_', ' ')} since {written[one.reason]}" for one in found
    )
    records = "record was" if total == 1 else "records were"
    return (
        f"{total:,} {records} put aside and not counted in any level: {parts}. "
        "See them with `make quarantine`."
    )
