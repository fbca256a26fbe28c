"""Graceful shutdown: SIGINT and SIGTERM as a flag that loops check between two records."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""


@contextmanager
def shutdown_flag() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns True once shutdown is requested.

    A second Ctrl-C or SIGTERM ends the process at once.
    """
    requested = False

    def request(number: int, _frame: FrameType | None) -> None:
        nonlocal requested
        requested = True
        signal.signal(number, signal.SIG_DFL)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, request) for number in signals}
    try:
        yield lambda: requested
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
