"""Memory of large messages, returned to the system when they are freed."""

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Parameters of glibc's mallopt; other C libraries have none."""
LARGE = 2**20
"""Bytes of a block that is returned when it is freed."""


def return_large_blocks() -> None:
    """Keep glibc from keeping freed blocks, of up to 32 MB and for each of the client's threads."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, 1)
