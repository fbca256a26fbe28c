"""The tutorial shows what its files become, and the levels that follow from them."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from producers.replay.command import replay_command
from producers.replay.inspect_file import inspect_command
from producers.replay.mapping_file import load_mapping
from tests.support.exports import run
from tests.support.markdown_files import ROOT, blocks, commands
from tests.support.oracle import levels

PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
DAY = re.compile(r"\d+ [A-Z][a-z]{2} (\d{4} )?(?=\d\d:)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the commands of the tutorial make, with yesterday's files."""
    (tmp_path / "my-data").mkdir()
    for name in ("square_items.csv", "stocktake.csv"):
        text = (ROOT / "docs" / "tutorial" / name).read_text("utf-8")
        day = str(date.today() - timedelta(days=1))
        (tmp_path / "my-data" / name).write_text(text.replace("DAY", day), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tutorial_ends_with_the_levels_of_its_table(folder: Path) -> None:
    shown, records = "", []
    for line in commands(PAGE, "sh"):
        arguments = line.split()[4:]
        if " inspect " in line:
            shown = CliRunner().invoke(inspect_command, arguments, catch_exceptions=False).output
        if " replay " in line:
            dry = CliRunner().invoke(replay_command, [*arguments, "--dry-run"])
            assert "nothing was sent." in dry.output
            mapping = load_mapping(folder / arguments[2])
            records += run(folder, folder / arguments[0], mapping)
    (example,) = blocks(PAGE, "text")
    for line in example.splitlines():
        assert DAY.sub("", line.rstrip("… ")) in DAY.sub("", shown)
    rows = re.findall(r"^\| (.+?) \| (\S+) \| (\d+) \|.*\| (\d+) \|$", PAGE, re.MULTILINE)
    assert {(store, sku): int(on_hand) for store, sku, _, on_hand in rows} == {
        key: level.on_hand for key, level in levels(records).items()
    }
