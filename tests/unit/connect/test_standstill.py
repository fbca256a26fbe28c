"""Work that does not move is named once, noted for the status, and named when it moves."""

from pathlib import Path

import pytest

from connect import standstill
from connect.settings import Settings
from connect.standstill import Observation, StandstillLog, of_all_services, standstills
from tests.support.logged import logged


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    there = Clock()
    monkeypatch.setattr(standstill, "monotonic", there)
    return there


def observe(log: StandstillLog, clock: Clock, seconds: int, **watched: Observation) -> None:
    """Observe the same each second."""
    for _ in range(seconds):
        clock.now += 1
        log.observe(watched)


def test_what_does_not_move_is_named_within_ten_seconds_and_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(state=tmp_path)
    log = StandstillLog(settings, "gate")
    stuck, idle = Observation(7, "3 records wait."), Observation(7, "")
    observe(log, clock, 10, p1=stuck, p2=idle)
    assert logged(caplog) == "p1 has not moved for 8 s: 3 records wait.\n"
    observe(log, clock, 20, p1=stuck, p2=idle)
    assert logged(caplog) == ""
    assert standstills(settings, "gate") == ["p1 has not moved for 29 s: 3 records wait."]
    assert of_all_services(settings) == ["gate: p1 has not moved for 29 s: 3 records wait."]
    observe(log, clock, 1, p1=Observation(8, "2 records wait."), p2=idle)
    assert logged(caplog) == "p1 moves again after 30 s.\n"
    assert standstills(settings, "gate") == []


def test_what_moves_or_has_no_work_or_is_gone_is_not_named(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    log = StandstillLog(Settings(state=tmp_path), "job")
    for position in range(30):
        observe(log, clock, 1, task=Observation(position, "busy"))
    observe(log, clock, 7, task=Observation(29, "busy"))
    observe(log, clock, 30, task=Observation(29, ""))
    observe(log, clock, 7, task=Observation(29, "busy"))
    observe(log, clock, 1)
    observe(log, clock, 7, task=Observation(29, "busy"))
    assert logged(caplog) == ""


def test_a_service_that_starts_clears_its_note(tmp_path: Path, clock: Clock) -> None:
    settings = Settings(state=tmp_path)
    observe(StandstillLog(settings, "job"), clock, 20, task=Observation(1, "busy"))
    assert standstills(settings, "job")
    assert not standstills(settings, "gate")
    StandstillLog(settings, "job")
    assert not standstills(settings, "job")


def test_a_state_folder_that_cannot_be_written_stops_no_service(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    log = StandstillLog(Settings(state=tmp_path / "file"), "gate")
    observe(log, clock, 20, task=Observation(1, "busy"))
    assert "task has not moved for 8 s" in logged(caplog)
