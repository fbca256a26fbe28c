"""The status shows what stands still, and counts its service as not healthy."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from connect import standstill
from connect.settings import Settings
from connect.standstill import Observation, StandstillLog
from stack.process import Process
from stack.status import print_status


@pytest.fixture
def stack(tmp_path: Path) -> Any:
    running = {"pid": 1, "statename": "RUNNING", "start": 0}
    return SimpleNamespace(
        settings=Settings(state=tmp_path),
        names=["gate"],
        processes={"gate": Process(name="gate", title="gate", command=[])},
        supervisor=SimpleNamespace(information=lambda: [{"name": "gate", **running}]),
    )


def test_a_part_that_runs_without_the_supervisor_has_its_own_state(
    monkeypatch: pytest.MonkeyPatch, stack: Any
) -> None:
    stack.supervisor = SimpleNamespace(information=list)
    states = iter(("ready", "not ready", "stopped"))
    monkeypatch.setattr("stack.status.part_state", lambda *_: next(states))
    console = Console(record=True, width=200)
    assert print_status(stack, console)
    assert not print_status(stack, console)
    assert not print_status(stack, console)
    words = [line.split(maxsplit=1)[1].strip() for line in console.export_text().splitlines()]
    assert words[1::2] == ["ready", "not ready", "stopped"]


def test_a_service_that_stands_still_is_not_healthy_and_says_why(
    monkeypatch: pytest.MonkeyPatch, stack: Any
) -> None:
    monkeypatch.setattr("stack.status.family_memory", lambda: lambda _: 0)
    console = Console(record=True, width=200)
    assert print_status(stack, console)
    log = StandstillLog(stack.settings, "gate")
    clock = iter((0.0, 9.0))
    monkeypatch.setattr(standstill, "monotonic", lambda: next(clock))
    for _ in range(2):
        log.observe({"shipments, partition 3,": Observation(7, "its records wait for \x1b[2Jx.")})
    assert not print_status(stack, console)
    shown = console.export_text()
    assert "stands still" in shown
    assert (
        "gate: shipments, partition 3, has not moved for 9 s: its records wait for \\x1b[2Jx."
        in shown
    )


def test_a_part_that_is_not_healthy_says_what_keeps_it_from_its_work(
    monkeypatch: pytest.MonkeyPatch, stack: Any
) -> None:
    monkeypatch.setattr("stack.status.family_memory", lambda: lambda _: 0)
    sentence = "Target mail takes no message since 14:00:00 UTC: Connection refused."
    monkeypatch.setattr("stack.status.obstacle", lambda *_: sentence)
    console = Console(record=True, width=200)
    assert print_status(stack, console)
    stack.processes["gate"] = Process(name="gate", title="gate", command=[], healthy=lambda: False)
    assert not print_status(stack, console)
    assert f"gate: {sentence}" in console.export_text()
