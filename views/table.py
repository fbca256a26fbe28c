"""A compacted topic as a table: the newest record of each key."""

from collections.abc import Iterator, KeysView
from typing import Any, Generic, TypeVar

from schemas.record import Record

R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """The newest record of each key.

    Newest is the record put last, except that a record with a lower `version` than the one
    there is a replay after a restart of its writer, and is left out.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], R] = {}

    def put(self, record: R) -> bool:
        """Take a record in; returns whether it was newer than what was there."""
        key = record.key()
        there = self._rows.get(key)
        if there is not None and getattr(record, "version", 0) < getattr(there, "version", 0):
            return False
        self._rows[key] = record
        return True

    def get(self, *key: Any) -> R | None:
        """The row of a key, if any."""
        return self._rows.get(key)

    def keys(self) -> KeysView[tuple[Any, ...]]:
        return self._rows.keys()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())
