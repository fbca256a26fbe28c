"""Optional fields of an event contract need one edit: its .avsc, and every test still passes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from contracts.contract_file import load_all
from tests.support.git_repository import git

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
EVENTS = [contract.path.name for contract in load_all() if contract.flink == "source"]
NIGHTLY = settings().max_examples > 1000
EDITS = [EVENTS, *([name] for name in EVENTS if NIGHTLY)]
TYPES = (
    "string",
    "int",
    "long",
    "boolean",
    "bytes",
    {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    {"type": "long", "logicalType": "timestamp-millis"},
)
"""Each type that a contract may use."""
UNIT = (
    ("tests/unit",)
    if NIGHTLY
    else tuple(f"tests/unit/{folder}" for folder in ("codegen", "flink", "schemas"))
)
"""Unit tests that run in the copy: at night all, by day those that a field reaches first."""
COMMANDS = (
    ("codegen", "generate"),
    ("contracts", "check"),
    ("contracts", "release"),
    ("codegen", "generate", "--check"),
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *UNIT),
)


def copy_tree(folder: Path) -> None:
    """Copy the files of this tree, committed or not, into a Git repository of their own."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    git(folder, "init", "-q")
    git(folder, "add", "-A")


def add_fields(path: Path) -> None:
    """Add a nullable field of each type, and one with a default, at the end of a contract."""
    added: list[dict[str, Any]] = [
        {"name": f"added_{number}", "type": ["null", each], "default": None, "doc": "Added."}
        for number, each in enumerate(TYPES)
    ]
    added.append({"name": "added_flag", "type": "boolean", "default": False, "doc": "Added."})
    fields = ",\n".join(f"    {json.dumps(field)}" for field in added)
    before, _, after = path.read_text("utf-8").rpartition("\n  ]")
    path.write_text(f"{before},\n{fields}\n  ]{after}", "utf-8")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("names", EDITS, ids=" ".join)
def test_optional_fields_of_an_event_are_one_edit(names: list[str], tmp_path: Path) -> None:
    copy_tree(tmp_path)
    for name in names:
        add_fields(tmp_path / "schemas" / name)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "PYTHONPATH"))
    }
    environment |= {"HYPOTHESIS_PROFILE": "smoke", "PYTHONPATH": str(tmp_path)}
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (
            f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"
        )
