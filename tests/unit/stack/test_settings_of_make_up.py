"""`make up` shortens days and checkpoint intervals and serves metrics, unless that is set."""

from typing import Any

import pytest
from click.testing import CliRunner

from connect.settings import Settings
from stack import __main__ as commands


@pytest.mark.parametrize(
    ("variables", "used"),
    [
        ({}, (10, 10, 9410)),
        ({"INVENTORY_DAY_SECONDS": "60", "INVENTORY_CHECKPOINT_SECONDS": "45"}, (60, 45, 9410)),
        ({"INVENTORY_SIMULATION": "off"}, (86_400, 10, 9410)),
        ({"INVENTORY_STATUS_PORT": "0"}, (10, 10, 0)),
    ],
)
def test_all_services_of_make_up_share_its_settings(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], used: tuple[int, int, int]
) -> None:
    started: list[Settings] = []

    def start(settings: Settings, *_: Any) -> None:
        started.append(settings)

    monkeypatch.setattr(commands, "bring_up", start)
    result = CliRunner().invoke(commands.main, ["up"], env=variables)
    assert result.exit_code == 0
    environment = started[0].environment()
    days, checkpoints, status_port = used
    assert environment["INVENTORY_DAY_SECONDS"] == str(float(days))
    assert environment["INVENTORY_CHECKPOINT_SECONDS"] == str(checkpoints)
    assert environment["INVENTORY_STATUS_PORT"] == str(status_port)
