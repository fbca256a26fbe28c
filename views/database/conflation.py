"""A batch of messages, conflated: of each key only what counts in the end is written."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from connect.kafka import Partition
from connect.record_consumer import Received
from schemas.record import Record
from schemas.version import version_of
from schemas.violations import ContractViolationError

Key = tuple[Any, ...]


class Changes:
    """The changes of one table, as views.table.Table would apply them one after the other."""

    def __init__(self) -> None:
        self.deleted: set[Key] = set()
        """Keys whose row is deleted first, whatever its version."""
        self.newest: dict[Key, Record] = {}
        """Records to be written, unless the row has a higher version."""

    def put(self, record: Record) -> None:
        """Add a record; it is ignored after one of a higher version, unless a tombstone follows."""
        key = record.key()
        before = self.newest.get(key)
        if before is None or version_of(record) >= version_of(before):
            self.newest[key] = record

    def remove(self, key: Key) -> None:
        """Add a tombstone, with which the versions of its key begin anew."""
        self.newest.pop(key, None)
        self.deleted.add(key)


class Batch:
    """The changes of all tables, and what read_offsets says of them.

    valid_only: count records that break their contract as undecodable, too.
    """

    def __init__(self, received: Iterable[Received], valid_only: bool = False) -> None:
        self.changes: dict[type[Record], Changes] = {}
        self.next_offsets: dict[Partition, int] = {}
        self.newest_at: dict[Partition, int] = {}
        """Kafka's timestamp of the newest record, in milliseconds."""
        self.undecodable: Counter[Partition] = Counter()
        self._valid_only = valid_only
        for each in received:
            self._add(each)

    def _add(self, received: Received) -> None:
        partition = received.topic, received.partition
        self.next_offsets[partition] = received.offset + 1
        if received.timestamp > self.newest_at.get(partition, -1):
            self.newest_at[partition] = received.timestamp
        record, tombstone = received.record, received.tombstone
        if tombstone is not None:
            self._of(tombstone.record_type).remove(tombstone.key)
        elif record is None or (self._valid_only and not _is_valid(record)):
            self.undecodable[partition] += 1
        else:
            self._of(type(record)).put(record)

    def _of(self, record_type: type[Record]) -> Changes:
        if record_type not in self.changes:
            self.changes[record_type] = Changes()
        return self.changes[record_type]


def _is_valid(record: Record) -> bool:
    try:
        record.validate()
    except ContractViolationError:
        return False
    return True
