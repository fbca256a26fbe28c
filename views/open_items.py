"""Open orders and open transfers: the newest record of each one that is not complete."""

from collections.abc import Iterator
from datetime import MAXYEAR, datetime
from typing import Generic, NamedTuple, TypeVar

from schemas.generated import OpenOrder, OpenTransfer
from schemas.version import FIRST, Version, version_of

R = TypeVar("R", OpenOrder, OpenTransfer)


class OrderLine(NamedTuple):
    """Units to come of one order, without the rest of OpenOrder."""

    remaining: int
    expected_at: datetime | None


class OpenItems(Generic[R]):
    """The newest record of each key with units still to come.

    Completed items stay in their topic, and a restarted writer may repeat an older version of
    one. The version of a completed item is therefore kept, and lower versions are ignored. It is
    kept under the 64-bit hash of the key to save memory: among a million keys, a collision has
    a probability of 1 in 37 million.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], R] = {}
        self._completed: dict[int, Version] = {}

    def put(self, record: R) -> bool:
        """Add a record; return True if the open items changed."""
        key = record.key()
        current = self._open.get(key)
        version = version_of(current) if current else self._completed.get(hash(key), FIRST)
        if version_of(record) < version:
            return False
        if remaining(record):
            self._open[key] = record
            self._completed.pop(hash(key), None)
            return record != current
        self._open.pop(key, None)
        self._completed[hash(key)] = version_of(record)
        return current is not None

    def remove(self, key: tuple[str, ...]) -> bool:
        """Forget an item; return False if it was not open."""
        self._completed.pop(hash(key), None)
        return self._open.pop(key, None) is not None

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[R]:
        return iter(self._open.values())


def remaining(record: OpenOrder | OpenTransfer) -> int:
    """Units still to come; 0 for a completed item."""
    return record.remaining if isinstance(record, OpenOrder) else record.in_transit


def expected(order: OpenOrder | OrderLine) -> datetime | None:
    """Expected date of an order; None when it has none.

    Planning systems that must fill in a date write the last one, 9999-12-31, for none.
    """
    at = order.expected_at
    return None if at is None or at.year == MAXYEAR else at
