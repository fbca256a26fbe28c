"""A compacted topic as a table: the newest record of each key."""

from collections.abc import Iterator, KeysView
from typing import Any, Generic, TypeVar

from schemas.record import Record
from schemas.version import version_of

R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """The newest record of each key.

    The newest record is the last one put, except that a record with a lower version than the
    current one is ignored: a restarted writer repeats old records.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], R] = {}

    def put(self, record: R) -> bool:
        """Add a record; return False for one with a lower version."""
        key = record.key()
        current = self._rows.get(key)
        if current is not None and version_of(record) < version_of(current):
            return False
        self._rows[key] = record
        return True

    def remove(self, key: tuple[Any, ...]) -> bool:
        """Delete the record of a key; return False if there is none."""
        return self._rows.pop(key, None) is not None

    def get(self, *key: Any) -> R | None:
        """Return the record of a key, if any."""
        return self._rows.get(key)

    def keys(self) -> KeysView[tuple[Any, ...]]:
        return self._rows.keys()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())
