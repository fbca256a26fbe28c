"""Memory of the gate's process: what is freed is returned, what stays is not searched."""

import ctypes
import gc

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Parameters of glibc's mallopt; other C libraries have none."""
LARGE = 2**20
"""Bytes of a block that is returned when it is freed."""
OBJECTS = 50_000
"""New objects after which garbage is searched for: records make none, only errors do."""


def return_large_blocks() -> None:
    """Keep glibc from keeping freed blocks, of up to 32 MB and for each of the client's threads."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, 1)


def search_less() -> None:
    """Search for garbage rarely, and not in what is there already: a fifth of the CPU."""
    gc.freeze()
    gc.set_threshold(OBJECTS)
