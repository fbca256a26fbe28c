"""Members that are kept for some seconds only."""

from time import monotonic
from typing import Generic, TypeVar

LIMIT = 10_000
"""Members that are kept; one more, and the others are dropped."""

K = TypeVar("K")


class ExpiringSet(Generic[K]):
    """A set of what is not to be tried again yet."""

    def __init__(self, seconds: float) -> None:
        """seconds: time for which a member is kept."""
        self._seconds = seconds
        self._until: dict[K, float] = {}

    def __contains__(self, member: K) -> bool:
        return monotonic() < self._until.get(member, 0)

    def add(self, member: K) -> None:
        if len(self._until) >= LIMIT:
            self._until.clear()
        self._until[member] = monotonic() + self._seconds
