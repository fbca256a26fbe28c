"""A copy of the contracts and the job's statements, its edits and what `check` reports of it."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.compatibility import statement_check
from contracts.contract import Contract
from contracts.readers import sql_statements

ROOT = Path(__file__).parents[2]
SQL = Path("flink/sql")


def copy(folder: Path) -> Path:
    """Copy the contracts and statements into a folder."""
    ignored = shutil.ignore_patterns("*.py", "generated")
    shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=ignored)
    shutil.copytree(ROOT / SQL, folder / SQL)
    return folder


def edit(tree: Path, file: str | Path, old: str, new: str) -> None:
    path = tree / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def checked(tree: Path) -> Result:
    arguments = ["check", "--schemas", str(tree / "schemas"), "--format", "json"]
    return CliRunner().invoke(main, arguments)


def findings(tree: Path) -> list[tuple[str, str, int, str]]:
    """Return (rule, file, line, sentence) of the findings about statements."""
    result = checked(tree)
    about = [each for each in json.loads(result.stdout) if each["part"] == "statement"]
    assert (result.exit_code == 1) >= bool(about)
    return [
        (each["rule"], str(Path(each["file"]).relative_to(tree)), each["line"], each["what"])
        for each in about
    ]


def reported(tree: Path) -> set[tuple[str, str, int]]:
    """Return (rule, file, line) of the findings about statements."""
    return {finding[:3] for finding in findings(tree)}


def of_statements(tree: Path, contracts: list[Contract]) -> list[tuple[str, str, int, str]]:
    """Return the same as `findings`, without the command and without reading the contracts."""
    every = statement_check.findings(sql_statements.read(contracts, tree), contracts)
    return [
        (each.finding.rule.id, _within(place.file, tree), place.line, each.finding.what)
        for each in every
        if (place := each.place)
    ]


def _within(file: Path, tree: Path) -> str:
    return str(file.relative_to(tree if file.is_relative_to(tree) else ROOT))


def line(tree: Path, file: str | Path, text: str) -> int:
    """Return the number of the only line with a text."""
    lines = (tree / file).read_text("utf-8").splitlines()
    (number,) = (n for n, each in enumerate(lines, 1) if text in each)
    return number
