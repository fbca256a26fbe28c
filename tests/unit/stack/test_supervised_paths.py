"""supervisord takes the paths of the state folder as they are, or the start says why it cannot."""

import subprocess
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from connect.errors import UserError
from connect.settings import Settings
from stack.services import processes
from stack.supervision import Supervisor, configuration


def test_a_folder_may_have_blanks_accents_and_percent_signs(tmp_path: Path) -> None:
    state = tmp_path / "état 50% (x) %d#1;2"
    (state / "logs").mkdir(parents=True)
    services = processes(Settings(state=state))
    file = state / "supervisord.conf"
    file.write_text(configuration(state, [*services.values()]))
    options = ServerOptions()
    options.realize(["-c", str(file)], doc="")
    assert options.logfile == str(state / "logs" / "supervisord.log")
    assert options.pidfile == str(state / "supervisord.pid")
    supervised = {
        each.name: each for group in options.process_group_configs for each in group.process_configs
    }
    assert supervised.keys() == services.keys()
    for name, each in supervised.items():
        assert each.stdout_logfile == str(state / "logs" / f"{name}.log")


@pytest.mark.parametrize("folder", ["state #1", "state ;1"])
def test_a_folder_of_which_supervisord_would_read_a_part_is_named(
    tmp_path: Path, folder: str
) -> None:
    state = tmp_path / folder
    with pytest.raises(UserError, match=r"has a blank before # or ;.*set INVENTORY_STATE"):
        Supervisor(state).start([], {})
    assert not state.exists()


def test_a_start_that_fails_has_the_reason_and_not_where_help_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.CompletedProcess([], 2, "", "Error: no such user\nFor help, use x -h\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(UserError, match=r"supervisord does not start: no such user\."):
        Supervisor(tmp_path).start([], {})
