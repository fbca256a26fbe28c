"""Operating-system processes: those of a state folder, their end."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import psutil

from connect.settings import PREFIX

MARK = {"SUPERVISOR_ENABLED": "1"}
"""Set by supervisord for its children; together with the state folder it identifies ours."""


def belonging(state: Path) -> list[psutil.Process]:
    """This user's processes started by a supervisord of the state folder, and their children."""
    expected = MARK | {f"{PREFIX}STATE": str(state)}
    processes = []
    for process in psutil.process_iter():
        try:
            if expected.items() <= process.environ().items():
                processes.append(process)
        except (psutil.Error, OSError):
            continue
    return processes


def end(processes: list[psutil.Process], seconds: float) -> None:
    """Terminate the processes; kill those that still run after `seconds`."""
    for process in processes:
        _quietly(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        _quietly(process.kill)
    psutil.wait_procs(alive, timeout=seconds)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        action()


def wait(pid: int, seconds: float = 20) -> None:
    """Wait until the process has ended, for at most `seconds`."""
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).wait(timeout=seconds)
