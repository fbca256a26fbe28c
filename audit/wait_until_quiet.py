"""Waiting for the job: it may still be writing what the latest events have changed."""

from collections.abc import Callable
from time import monotonic, sleep

from audit.offsets import Ends

QUIET_SECONDS = 2.0
LOOK_SECONDS = 0.25


def settle(ends: Callable[[], Ends], most: float) -> Ends:
    """The ends once they have not moved for QUIET_SECONDS, or after `most` seconds."""
    until = monotonic() + most
    last, since = ends(), monotonic()
    while monotonic() < until and monotonic() - since < QUIET_SECONDS:
        sleep(LOOK_SECONDS)
        now = ends()
        if now != last:
            last, since = now, monotonic()
    return last
