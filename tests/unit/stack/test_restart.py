"""`restart` and `up` end the one service that they should, and start no other."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from connect.errors import UserError
from connect.settings import Settings
from stack import runtime, up
from stack.runtime import Stack


class Supervisor:
    """A supervisor that remembers its calls."""

    def __init__(self, *names: str) -> None:
        self.running = dict(enumerate(names, start=1))
        self.calls: list[tuple[str, str]] = []

    def pid(self) -> int | None:
        return 1 if self.running else None

    def information(self) -> list[dict[str, Any]]:
        return [{"name": name, "pid": pid} for pid, name in self.running.items()]

    def start_process(self, name: str) -> None:
        self.calls.append(("start", name))
        self.running[max(self.running, default=0) + 1] = name

    def stop_process(self, name: str) -> None:
        self.calls.append(("stop", name))
        self.running = {pid: each for pid, each in self.running.items() if each != name}


@pytest.fixture
def supervisor() -> Supervisor:
    return Supervisor("gate", "simulate")


def stack(folder: Path, supervisor: Supervisor) -> Stack:
    made = Stack(Settings(state=folder))
    made.supervisor = supervisor  # type: ignore[assignment]
    (folder / "settings.json").write_text(json.dumps(made.settings.environment()))
    return made


def test_restart_ends_and_starts_one_service(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "FORMER_SECONDS", 0)
    stack(tmp_path, supervisor).restart("simulate")
    assert supervisor.calls == [("stop", "simulate"), ("start", "simulate")]
    assert supervisor.running == {1: "gate", 2: "simulate"}


def test_a_restarted_gate_is_not_taken_for_healthy_by_the_session_of_the_former_one(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    made = stack(tmp_path, supervisor)
    judged: list[int] = []

    def healthy() -> bool:
        judged.append(next(clock))
        return True

    made.processes["gate"] = replace(made.processes["gate"], healthy=healthy)
    made.restart("gate")
    assert judged[0] > runtime.FORMER_SECONDS
    assert len(judged) == 1


def test_restart_refuses_an_unknown_service(tmp_path: Path, supervisor: Supervisor) -> None:
    with pytest.raises(UserError, match="no service 'gates'"):
        stack(tmp_path, supervisor).restart("gates")
    assert not supervisor.calls


def test_restart_without_a_running_stack_names_make_up(tmp_path: Path) -> None:
    supervisor = Supervisor()
    with pytest.raises(UserError, match="does not run: run `make up`"):
        stack(tmp_path, supervisor).restart("gate")
    assert not supervisor.calls


def test_restart_does_not_pass_off_a_setting_that_the_service_would_not_get(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    running = stack(tmp_path, supervisor)
    values = running.settings.environment() | {"INVENTORY_DEDUP_SECONDS": "7"}
    (tmp_path / "settings.json").write_text(json.dumps(values))
    with pytest.raises(UserError, match=r"INVENTORY_DEDUP_SECONDS=7.*`make down`, then `make up`"):
        running.restart("gate")
    assert not supervisor.calls


def test_up_ends_a_service_that_has_nothing_left_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stack(tmp_path, Supervisor())
    supervisor = Supervisor(*made.names, "convert")
    made.supervisor = supervisor  # type: ignore[assignment]
    assert "convert" not in made.names
    monkeypatch.setattr(up, "Stack", lambda _: made)
    console = Console(record=True, quiet=False)
    up.up(made.settings, console)
    assert supervisor.calls == [("stop", "convert")]
    assert "Stopping convert" in console.export_text()


def test_a_setting_that_the_running_stack_does_not_have_is_named_so(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    running = stack(tmp_path, supervisor)
    other = Stack(replace(running.settings, alerts="alerts.toml"))
    other.supervisor = running.supervisor
    assert other.differences() == ["without INVENTORY_ALERTS"]
    with pytest.raises(UserError) as refused:
        other.restart("gate")
    assert "runs with other settings (without INVENTORY_ALERTS): " in refused.value.message
