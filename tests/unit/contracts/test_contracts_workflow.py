"""The step for CI: it needs little, and shows a breaking change at its line."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / ".github" / "workflows" / "contracts.yml"
NEEDED = re.compile(r"copy the folders (\w+), (\w+) and (\w+)")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The rooms that the workflow says it needs, and nothing else."""
    rooms = NEEDED.search(WORKFLOW.read_text("utf-8"))
    assert rooms
    for room in rooms.groups():
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "generated")
        )
    return tmp_path


def step(checkout: Path) -> subprocess.CompletedProcess[str]:
    """The workflow's last command, run in a checkout."""
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["check"]["steps"]
    words = steps[-1]["run"].split()
    assert words[0] == "python"
    return subprocess.run(
        [sys.executable, *words[1:]], cwd=checkout, capture_output=True, text=True, check=False
    )


def test_the_released_contracts_pass(checkout: Path) -> None:
    passed = step(checkout)
    assert passed.returncode == 0, passed.stderr


def test_a_breaking_change_fails_with_file_line_and_remedy(checkout: Path) -> None:
    contract = checkout / "schemas" / "shipment.avsc"
    lines = contract.read_text("utf-8").splitlines(keepends=True)
    (number,) = [n for n, line in enumerate(lines, 1) if '"name": "quantity"' in line]
    lines[number - 1] = lines[number - 1].replace('"int"', '"string"')
    contract.write_text("".join(lines), "utf-8")
    failed = step(checkout)
    assert failed.returncode == 1
    assert f"::error file=schemas/shipment.avsc,line={number},title=type-changed::" in failed.stdout
    assert "Keep the type" in failed.stdout
    assert "Traceback" not in failed.stderr
