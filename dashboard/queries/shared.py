"""Results that all sessions of this process share: a query is put once, however many look at it."""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any, ParamSpec, TypeVar

WAIT_SECONDS = 1.0
LIMIT = 256
"""Results that are kept."""
KEPT_SECONDS = 90.0
"""Time for which a result is kept that no page uses; pages are drawn again more often."""
P = ParamSpec("P")
T = TypeVar("T")


class _Slot:
    """The newest result of one query with its arguments."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.newest: tuple[Hashable, Any] = None, None
        """Version and result."""
        self.used_at = 0.0


class _Slots:
    """The slots of all queries, those used longest ago first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._slots: dict[Hashable, _Slot] = {}

    def of(self, query: Hashable) -> _Slot:
        """Return the slot of a query; drop those that are no longer used.

        A query has another slot in each minute that is among its arguments.
        """
        now = monotonic()
        with self._lock:
            slot = self._slots.pop(query, None) or _Slot()
            slot.used_at = now
            self._slots[query] = slot
            while len(self._slots) > LIMIT or self._oldest().used_at < now - KEPT_SECONDS:
                del self._slots[next(iter(self._slots))]
        return slot

    def forget(self) -> None:
        with self._lock:
            self._slots.clear()

    def _oldest(self) -> _Slot:
        return next(iter(self._slots.values()))


_SLOTS = _Slots()


def shared(version: Hashable, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a query, which is put again when the version is another one.

    version: of what the query reads, never None; the arguments can be hashed. Sessions that need a
    result at once wait for the first of them, unless its database does not answer.
    """
    slot = _SLOTS.of((query, *args, *kwargs.items()))
    is_first = slot.lock.acquire(timeout=WAIT_SECONDS)
    try:
        if slot.newest[0] != version:
            slot.newest = version, query(*args, **kwargs)
        result: T = slot.newest[1]
        return result
    finally:
        if is_first:
            slot.lock.release()


forget = _SLOTS.forget
"""Drop all results, after a change of which no version tells."""
