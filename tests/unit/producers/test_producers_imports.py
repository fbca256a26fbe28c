"""The producers of `make up` import what they use, and no more."""

import subprocess
import sys

import click
import pytest

from producers.__main__ import COMMANDS, main
from tests.support.exports import SAMPLE

LARGE = ("duckdb", "pyarrow", "numpy")


@pytest.mark.parametrize("name", ["simulate", "replenish"])
def test_the_producers_of_make_up_import_no_large_package(name: str) -> None:
    code = (
        "import sys; from producers.__main__ import main; "
        f"main.get_command(None, {name!r}); print(sorted(set({LARGE}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_file_is_read_without_pandas() -> None:
    code = [sys.executable, "-X", "importtime", "-m", "producers", "inspect", str(SAMPLE)]
    done = subprocess.run(code, check=True, capture_output=True, text=True)
    assert "sold 2 Whole milk" in done.stdout
    assert "pandas.core" not in done.stderr


def test_each_command_has_its_name() -> None:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
