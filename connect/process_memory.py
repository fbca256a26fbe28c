"""Memory of operating-system processes."""

import psutil


def resident_bytes(pid: int) -> int:
    """Return the resident bytes of a process and its children; 0 if the process has ended."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_resident(member) for member in family)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
