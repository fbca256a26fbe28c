"""The memory of all services is known by one look at the processes of the machine."""

import os
import subprocess
import sys

import psutil
import pytest

from connect.process_memory import family_memory

ENDED = 2**22 + 1
"""A process id beyond the greatest of Linux."""
WAITS = "import sys; print(flush=True); sys.stdin.read()"


def test_a_process_counts_with_its_children_and_one_that_has_ended_with_nothing() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        memory = family_memory()
        together, own = memory(os.getpid()), psutil.Process()
        # Other tests of this process may have left children, such as a JVM.
        parts = [own.memory_info().rss, *(memory(each.pid) for each in own.children())]
        family = [own, *own.children(recursive=True)]
        assert together == pytest.approx(sum(one.memory_info().rss for one in family), rel=0.1)
        assert together == pytest.approx(sum(parts), rel=0.1)
        assert memory(child.pid)
        child.communicate()
    assert memory(ENDED) == 0


def test_ten_services_take_one_look_at_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, pids = [], psutil.pids

    def look() -> list[int]:
        looks.append("look")
        return pids()

    monkeypatch.setattr(psutil, "pids", look)
    memory = family_memory()
    for _ in range(10):
        memory(os.getpid())
    assert looks == ["look"]
