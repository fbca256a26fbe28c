"""Memory of this process: what is freed is returned, and what stays is not searched for garbage."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Parameters of glibc's mallopt; other C libraries have none."""
LARGE = 2**20
"""Bytes of a block that is returned when it is freed."""
OBJECTS = 50_000
"""New objects after which garbage is searched for."""


def return_large_blocks() -> None:
    """Keep glibc from keeping freed blocks of up to 32 MB."""
    _set(M_MMAP_THRESHOLD, LARGE)


def share_heaps(number: int) -> None:
    """Let all threads allocate from so many heaps: by default each at work has one of its own."""
    _set(M_ARENA_MAX, number)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Search rarely for garbage, and not in what is there already: a fifth of the CPU.

    For records, which make none: all objects of a batch live as long.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def _set(parameter: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(parameter, value)
