"""Files that inspect proposes a mapping for, and what a replay with it sends."""

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from producers.replay.inspect_file import inspect_command
from producers.replay.mapping_proposal import propose_mapping
from producers.replay.proposal import Proposal
from tests.support.exports import run

BERLIN = "Europe/Berlin"


def proposed(tmp_path: Path, file: Path, zone: str = BERLIN) -> Proposal:
    return propose_mapping(file, tmp_path / "proposed.toml", zone)


def replayed(tmp_path: Path, file: Path, zone: str = BERLIN) -> list[Any]:
    return run(tmp_path, file, proposed(tmp_path, file, zone).mapping)


def written(tmp_path: Path, text: str, name: str = "sales.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def inspected(file: Path, *options: str) -> str:
    result = CliRunner().invoke(inspect_command, [str(file), *options])
    assert result.exit_code == 0, result.output
    return result.output


def sales(time: str = "Sold at", *times: str, amount: str = "1.00") -> str:
    lines = [f"R{n};1;A{n};1;{amount};{text}" for n, text in enumerate(times, start=1)]
    return "\n".join([f"Receipt;Line;SKU;Qty;Amount;{time}", *lines]) + "\n"
