"""The state folder and the settings in it are for their owner only."""

import json
from pathlib import Path

import pytest

from connect.settings import Settings
from stack.runtime import Stack
from stack.supervision import Supervisor


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_the_owner_reads_the_state_and_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "start", lambda *_: None)
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    (state / "settings.json").touch(mode=0o644)
    Stack(Settings(state=state)).open()
    assert mode(state) == 0o700
    assert mode(state / "settings.json") == 0o600
    assert json.loads((state / "settings.json").read_text())["INVENTORY_STATE"] == str(state)
