"""Wait for the job, which may still be publishing the effects of the latest events."""

from collections.abc import Callable
from time import monotonic, sleep

from audit.offsets import Offsets

QUIET_SECONDS = 2.0
LOOK_SECONDS = 0.25


def wait_until_quiet(
    end_offsets: Callable[[], Offsets], limit_seconds: float, held_seconds: float = 0
) -> Offsets:
    """Return the end offsets once they stand still for QUIET_SECONDS, or after the limit.

    held_seconds: time for which the job holds what it has read; they may stand still meanwhile.
    """
    start = monotonic()
    until = start + limit_seconds
    last, since = end_offsets(), start + held_seconds
    while monotonic() < until and monotonic() - since < QUIET_SECONDS:
        sleep(LOOK_SECONDS)
        now = end_offsets()
        if now != last:
            last, since = now, max(since, monotonic())
    return last
