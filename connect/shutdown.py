"""Ctrl-C and SIGTERM as a question that loops ask where nothing is half done."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""Exit code of work that Ctrl-C has cut short, as shells expect it."""


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Gives the question; a second Ctrl-C or SIGTERM ends the process at once."""
    asked = False

    def ask(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(number, signal.SIG_DFL)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, ask) for number in signals}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
