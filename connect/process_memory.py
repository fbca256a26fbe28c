"""Memory of processes with their children, by one look at all processes of the machine."""

from collections import defaultdict
from collections.abc import Callable

import psutil


def family_memory() -> Callable[[int], int]:
    """Look at all processes; return a function from a process id to the bytes of its family.

    The bytes are the resident ones of the process and its children; 0 if it has ended.
    """
    children: defaultdict[int, list[int]] = defaultdict(list)
    for process in psutil.process_iter(["ppid"]):
        children[process.info["ppid"]].append(process.pid)

    def of_family(pid: int) -> int:
        return _resident(pid) + sum(map(of_family, children[pid]))

    return of_family


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
