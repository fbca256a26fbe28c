"""Checks of contracts that a test edits in a folder."""

import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS


def check(schemas: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["check", "--schemas", str(schemas), *more])


def found_rules(schemas: Path, *more: str) -> set[tuple[str, str]]:
    """Return (file name, rule) of each finding."""
    result = check(schemas, "--format", "json", *more)
    return {(Path(each["file"]).name, each["rule"]) for each in json.loads(result.stdout)}


def newest(schemas: Path, stem: str) -> Path:
    versions = (schemas / "released" / stem).glob("*.avsc")
    return max(versions, key=lambda path: int(path.stem))


def rescale(path: Path) -> None:
    text = path.read_text("utf-8")
    assert '"scale": 2' in text
    path.write_text(text.replace('"scale": 2', '"scale": 4'), "utf-8")


def edit(path: Path, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    document.update(changes)
    path.write_text(json.dumps(document, indent=1), "utf-8")
    return document


def is_2_and_not_compatible(result: Result, message: str) -> None:
    assert result.exit_code == 2
    assert message in result.stderr
    assert "compatible" not in result.stdout
    assert "Traceback" not in result.stderr


def copied(folder: Path) -> Path:
    """Return a copy of this tree's contracts with their released versions, in a folder."""
    ignored = shutil.ignore_patterns("*.py", "gen*")
    return shutil.copytree(SCHEMAS, folder / "schemas", ignore=ignored)


def replace(folder: Path, stem: str, old: str, new: str) -> None:
    """Replace the first such text of a contract."""
    path = folder / f"{stem}.avsc"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
