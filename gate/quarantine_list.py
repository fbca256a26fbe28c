"""The quarantine as `list` prints it: from the read model, or from Kafka."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from gate.coordinates import RecordCoordinates
from views.database import quarantine_rows
from views.database.quarantine_rows import Group
from views.quarantine import Quarantine, Quarantined

Chosen = tuple[RecordCoordinates, Quarantined]


class Listing(NamedTuple):
    """The records of a reason and a topic that were not redriven."""

    groups: list[Group]
    newest: list[Chosen]
    """The newest first, up to a limit."""
    redriven: int
    """Number of records of any reason that were redriven."""

    def lines(self) -> Iterator[str]:
        for reason, topic, size, first, last in self.groups:
            yield f"{size:>9,}  {reason:<15} {topic:<22} {_time(first)} to {_time(last)}"
        for coordinates, record in self.newest:
            yield f"{_time(record.quarantined_at)}  {record.reason:<15} {coordinates}"
        count = sum(group.size for group in self.groups)
        records = "record" if count == 1 else "records"
        yield f"{count:,} {records} in quarantine, {self.redriven:,} redriven."


def of_database(
    connection: Connection, reason: str | None, topic: str | None, limit: int
) -> Listing:
    """Let the database count: the memory that it takes does not grow with the quarantine."""
    newest = quarantine_rows.newest_keys(connection, reason, topic, limit)
    return Listing(
        quarantine_rows.groups(connection, reason, topic),
        [(RecordCoordinates(*coordinates), record) for coordinates, record in newest],
        quarantine_rows.redriven(connection),
    )


def of_topics(content: Quarantine, reason: str | None, topic: str | None, limit: int) -> Listing:
    """Count what was read from Kafka."""
    records = list(chosen(content, reason, topic))
    times: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for coordinates, record in records:
        times[record.reason, coordinates.topic].append(record.quarantined_at)
    groups = [Group(*key, len(each), min(each), max(each)) for key, each in times.items()]
    newest = sorted(records, key=lambda each: (each[1].quarantined_at, each[0]), reverse=True)
    return Listing(
        sorted(groups, key=lambda group: (-group.size, group.reason, group.topic)),
        newest[:limit],
        len(content.redriven),
    )


def chosen(content: Quarantine, reason: str | None, topic: str | None) -> Iterator[Chosen]:
    """Yield the records of a reason and a topic that were not redriven; None: any."""
    for coordinates, record in content.open():
        if reason in (None, record.reason) and topic in (None, coordinates[0]):
            yield RecordCoordinates(*coordinates), record


def _time(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")
