"""Open orders and open transfers: the newest record of each one that is not complete."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from schemas.generated import OpenOrder, OpenTransfer

R = TypeVar("R", OpenOrder, OpenTransfer)


class OpenItems(Generic[R]):
    """The newest record of each key with units still to come.

    Completed items stay in their topic, and a restarted writer may repeat an older version of
    one. The version of a completed item is therefore kept, and lower versions are ignored. It is
    kept under the 64-bit hash of the key to save memory: among a million keys, a collision has
    a probability of 1 in 37 million.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], R] = {}
        self._completed: dict[int, int] = {}

    def put(self, record: R) -> bool:
        """Add a record; return True if the open items changed."""
        key = record.key()
        current = self._open.get(key)
        version = current.version if current else self._completed.get(hash(key), 0)
        if record.version < version:
            return False
        if remaining(record):
            self._open[key] = record
            self._completed.pop(hash(key), None)
            return record != current
        self._open.pop(key, None)
        self._completed[hash(key)] = record.version
        return current is not None

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[R]:
        return iter(self._open.values())


def remaining(record: OpenOrder | OpenTransfer) -> int:
    """Units still to come; 0 for a completed item."""
    return record.remaining if isinstance(record, OpenOrder) else record.in_transit
