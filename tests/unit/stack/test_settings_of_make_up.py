"""`make up` shortens days and checkpoint intervals, unless the environment sets them."""

from typing import Any

import pytest
from click.testing import CliRunner

from connect.settings import Settings
from stack import __main__ as commands


@pytest.mark.parametrize(
    ("variables", "used"),
    [
        ({}, (10, 10)),
        ({"INVENTORY_DAY_SECONDS": "60", "INVENTORY_CHECKPOINT_SECONDS": "45"}, (60, 45)),
        ({"INVENTORY_SIMULATION": "off"}, (86_400, 10)),
    ],
)
def test_all_services_of_make_up_share_its_settings(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], used: tuple[int, int]
) -> None:
    started: list[Settings] = []

    def start(settings: Settings, *_: Any) -> None:
        started.append(settings)

    monkeypatch.setattr(commands, "bring_up", start)
    result = CliRunner().invoke(commands.main, ["up"], env=variables)
    assert result.exit_code == 0
    environment = started[0].environment()
    days, checkpoints = used
    assert environment["INVENTORY_DAY_SECONDS"] == str(float(days))
    assert environment["INVENTORY_CHECKPOINT_SECONDS"] == str(checkpoints)
