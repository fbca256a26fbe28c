"""Memory and processor time of the processes of a cluster and of the pipelines on it."""

from collections.abc import Iterable

import psutil

from stack.runtime import Stack

Sizes = dict[str, tuple[float, float]]
"""(processor seconds, resident megabytes) by the process's name, with its children."""


def sizes(stacks: Iterable[Stack]) -> Sizes:
    """Return the sizes of all processes now."""
    return {
        f"{stack.settings.prefix}{name}": _of(pid)
        for stack in stacks
        for name in stack.running()
        if (pid := stack.pid(name))
    }


def table(before: Sizes, after: Sizes, seconds: float) -> str:
    """Return a line for each process that ran before and after so many seconds."""
    lines = [f"{'process':24} {'MB':>6} {'cores':>6}"]
    for name in sorted(before.keys() & after.keys()):
        cores = (after[name][0] - before[name][0]) / seconds
        lines.append(f"{name:24} {after[name][1]:6.0f} {cores:6.3f}")
    return "\n".join(lines)


def _of(pid: int) -> tuple[float, float]:
    process = psutil.Process(pid)
    seconds = megabytes = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        seconds += times.user + times.system
        megabytes += each.memory_info().rss / 1e6
    return seconds, megabytes
