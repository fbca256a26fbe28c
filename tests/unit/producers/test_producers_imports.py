"""The producers of `make up` import what they use, and no more."""

import subprocess
import sys

import click
import pytest

from producers.__main__ import COMMANDS, main
from producers.replay.completejourney import MAPPING

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
    sample = MAPPING.with_name("pos_sample.csv")
    code = (
        "import atexit, sys, runpy; "
        "atexit.register(lambda: print({'pyarrow', 'pandas'} & set(sys.modules))); "
        f"sys.argv = ['producers', 'inspect', {str(sample)!r}]; "
        "runpy.run_module('producers', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "{'pyarrow'}"


def test_each_command_has_its_name() -> None:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
