"""The operating system's view: which processes belong to a state folder, and how large they are."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import psutil

from connect.settings import PREFIX

MARK = {"SUPERVISOR_ENABLED": "1"}
"""supervisord sets this for its children; with the state folder it tells ours from others."""


def belonging(state: Path) -> list[psutil.Process]:
    """This user's processes that a supervisord of the state folder has started, children too."""
    wanted = MARK | {f"{PREFIX}STATE": str(state)}
    found = []
    for process in psutil.process_iter():
        try:
            if wanted.items() <= process.environ().items():
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end(processes: list[psutil.Process], seconds: float) -> None:
    """Terminate the processes; kill those that have not ended after so many seconds."""
    for process in processes:
        _quietly(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        _quietly(process.kill)
    psutil.wait_procs(alive, timeout=seconds)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        action()


def memory(pid: int) -> int:
    """Resident bytes of a process and all its children; 0 when it is gone."""
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


def wait(pid: int, seconds: float = 20) -> None:
    """Return when the process is gone, or after so many seconds."""
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).wait(timeout=seconds)
