"""Orders and transfers under way: what is over is forgotten, but not how far it had come."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from schemas.generated import OpenOrder, OpenTransfer

R = TypeVar("R", OpenOrder, OpenTransfer)


class UnderWay(Generic[R]):
    """The newest record of each key of which something is still to come.

    Its topic keeps what is over for ever, and a writer that starts again may repeat how it was
    before: so the version of what is over stays, in a fraction of its record's memory, and what
    is lower is left out. It is kept by a 64-bit hash of the key, which strangers cannot foresee:
    for two of a million keys to meet has odds of 1 to 37 million.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], R] = {}
        self._over: dict[int, int] = {}

    def put(self, record: R) -> bool:
        """Take a record in; returns whether what is under way has changed."""
        key = record.key()
        there = self._open.get(key)
        known = there.version if there else self._over.get(hash(key), 0)
        if record.version < known:
            return False
        if remaining(record):
            self._open[key] = record
            self._over.pop(hash(key), None)
            return record != there
        self._open.pop(key, None)
        self._over[hash(key)] = record.version
        return there is not None

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[R]:
        return iter(self._open.values())


def remaining(record: OpenOrder | OpenTransfer) -> int:
    """Units still to come."""
    return record.remaining if isinstance(record, OpenOrder) else record.in_transit
