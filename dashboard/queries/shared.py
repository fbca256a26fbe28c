"""Results that all sessions of this process share: a query is put once, however many look at it."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import Lock
from typing import Any, ParamSpec, TypeVar

WAIT_SECONDS = 1.0
P = ParamSpec("P")
T = TypeVar("T")


class _Slot:
    """The newest result of one query with its arguments."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.newest: tuple[Hashable, Any] = None, None
        """Version and result."""


@lru_cache(maxsize=256)
def _slot(*_query: Hashable) -> _Slot:
    return _Slot()


def shared(version: Hashable, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a query, which is put again when the version is another one.

    version: of what the query reads, never None; the arguments can be hashed. Sessions that need a
    result at once wait for the first of them, unless its database does not answer.
    """
    slot = _slot(query, *args, *kwargs.items())
    is_first = slot.lock.acquire(timeout=WAIT_SECONDS)
    try:
        if slot.newest[0] != version:
            slot.newest = version, query(*args, **kwargs)
        result: T = slot.newest[1]
        return result
    finally:
        if is_first:
            slot.lock.release()


forget = _slot.cache_clear
"""Drop all results, after a change of which no version tells."""
