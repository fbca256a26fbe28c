"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable


def until(well: Callable[[], object], seconds: float = 120) -> None:
    """Wait until `well` returns something true. Raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not well():
        assert time.monotonic() < end, f"not true within {seconds} s"
        time.sleep(0.1)
