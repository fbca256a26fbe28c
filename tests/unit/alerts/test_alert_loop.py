"""The process of alerts names what keeps it from its work, and goes on by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from alerts import alert_service
from alerts.current_figures import look_at_figures
from connect.settings import Settings
from tests.support.alert_drill import AlertDrill
from views.database.engine import SQLITE_FILE


def run(drill: AlertDrill, monkeypatch: pytest.MonkeyPatch, *moments: Callable[[], object]) -> None:
    """Run the process; before each look, something happens."""
    waiting = list(moments)

    def stopping() -> bool:
        if not waiting:
            return True
        waiting.pop(0)()
        return False

    @contextmanager
    def flag() -> Iterator[Callable[[], bool]]:
        yield stopping

    monkeypatch.setattr(alert_service, "shutdown_flag", flag)
    monkeypatch.setattr(alert_service, "LOOK_SECONDS", 0)
    drill.service.run(drill.couriers)


def test_a_database_that_fails_is_named_once_and_opened_again(
    drill: AlertDrill, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = []

    def fail(*_: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    def break_down() -> None:
        monkeypatch.setattr(alert_service, "look_at_figures", fail)

    def bring_back() -> None:
        failures.append(drill.service.failure)
        monkeypatch.setattr(alert_service, "look_at_figures", look_at_figures)

    drill.stock("a", 0)
    run(drill, monkeypatch, break_down, lambda: None, bring_back)
    assert "fails: disk I/O error: check the free space" in failures[0]
    assert drill.service.failure == ""
    drill.deliver()
    assert drill.arrived() == [("out", "a")]
    assert capsys.readouterr().err.count("disk I/O error") == 1


def test_each_look_is_a_turn_by_which_a_probe_knows_that_it_lives(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[None] = []
    drill = AlertDrill(settings, monkeypatch)
    drill.service = alert_service.AlertService(settings, drill.plan, lambda: turns.append(None))
    run(drill, monkeypatch, *[lambda: None] * 3)
    assert len(turns) == 3
    assert (settings.state / SQLITE_FILE).exists()
