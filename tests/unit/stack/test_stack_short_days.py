"""`make up` shortens the days of a lead time, unless the environment sets their length."""

from typing import Any

import pytest
from click.testing import CliRunner

from connect.settings import Settings
from stack import __main__ as commands


@pytest.mark.parametrize(
    ("variables", "seconds"), [({}, 10), ({"INVENTORY_DAY_SECONDS": "60"}, 60)]
)
def test_all_services_of_make_up_share_one_length_of_a_day(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], seconds: float
) -> None:
    used: list[Settings] = []

    def start(settings: Settings, *_: Any) -> None:
        used.append(settings)

    monkeypatch.setattr(commands, "bring_up", start)
    result = CliRunner().invoke(commands.main, ["up"], env=variables)
    assert result.exit_code == 0
    assert used[0].environment()["INVENTORY_DAY_SECONDS"] == str(float(seconds))
