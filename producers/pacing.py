"""Pacing: simulated time played against the clock."""

import time
from collections.abc import Callable

from contracts.publisher import Publisher

SLICE_SECONDS = 0.1
"""Longest wait before a shutdown request is noticed."""


class Pace:
    """A clock that starts at 0 when it is created; records wait for their time on it."""

    def __init__(self, publisher: Publisher, stop: Callable[[], bool]) -> None:
        self._publisher = publisher
        self._stop = stop
        self._began = time.monotonic()

    def wait_until(self, seconds: float) -> bool:
        """Return True at that time of the clock, False when shutdown is requested before.

        A time in the past returns at once, so that a pause is caught up.
        """
        while not self._stop():
            wait = self._began + seconds - time.monotonic()
            if wait <= 0:
                return True
            self._publisher.poll(min(wait, SLICE_SECONDS))
        return False
