"""`--help` of each benchmark states what is measured and how long it takes, and starts nothing."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[3]
COMMANDS = [
    path.stem
    for path in sorted((ROOT / "benchmarks").glob("*.py"))
    if "__main__" in path.read_text("utf-8")
]


def test_there_are_benchmarks() -> None:
    assert {"latency", "cost", "read_model"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_benchmark_states_what_it_measures_and_how_long_it_takes(name: str) -> None:
    module = import_module(f"benchmarks.{name}")
    shown = CliRunner().invoke(module.main, ["--help"], terminal_width=200, max_content_width=200)
    assert shown.exit_code == 0
    words = " ".join(shown.output.split())
    assert " ".join((module.__doc__ or "").split("\n\n")[0].split()) in words
    assert re.search(r"[Tt]akes \d+ ", words)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_documents_list_each_benchmark(name: str) -> None:
    assert f"`benchmarks.{name}`" in (ROOT / "docs/testing.md").read_text("utf-8")
