"""Links, anchors, variables, commands and Python names in the documents resolve."""

import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

from connect.settings import Settings
from tests.support.markdown_files import ROOT, anchors, commands, links, markdown_files

FILES = markdown_files()
README_LINES = 120
NAMED = Path("docs/architecture.md")
FOLDERS = (
    "schemas|contracts|codegen|connect|producers|gate|flink|views|audit|dashboard|alerts|stack"
    "|benchmarks|backup"
)
NAME = re.compile(rf"`((?:{FOLDERS})(?:\.\w+)+)`")
FILE_ENDINGS = ("py", "sql", "java", "avsc", "toml", "md", "yml")
MODULE = re.compile(r"-m ([\w.]+)((?: [a-z][\w-]*)*)")


def read(path: Path) -> str:
    return (ROOT / path).read_text("utf-8")


def names() -> list[str]:
    """Every dotted Python name in code style, in any document."""
    every = {name for path in FILES for name in NAME.findall(read(path))}
    return sorted(name for name in every if name.rpartition(".")[2] not in FILE_ENDINGS)


def resolve(name: str) -> object:
    """Import the longest module of a dotted name, then follow its attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            target: object = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise
            continue
        for attribute in parts[length:]:
            target = getattr(target, attribute)
        return target
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_links_and_anchors_resolve(path: Path) -> None:
    for target in links(read(path)):
        file, _, anchor = target.partition("#")
        linked = (ROOT / path.parent / file).resolve() if file else ROOT / path
        assert linked.exists(), f"{path}: {target}"
        if anchor:
            assert anchor in anchors(linked.read_text("utf-8")), f"{path}: {target}"


def test_readme_is_short() -> None:
    assert len(read(Path("README.md")).splitlines()) <= README_LINES


def test_every_document_is_in_the_index() -> None:
    index = {
        (ROOT / "docs" / target.partition("#")[0]).resolve()
        for target in links(read(Path("docs/README.md")))
    }
    documents = {ROOT / path for path in FILES if path.parts[0] == "docs"}
    assert documents - {ROOT / "docs/README.md"} <= index


@pytest.mark.parametrize("name", names())
def test_python_names_exist(name: str) -> None:
    resolve(name)


def test_every_step_of_both_ways_names_a_function() -> None:
    steps = re.findall(r"^\d+\. (.*?)(?=^\d+\. |^#|\Z)", read(NAMED), re.DOTALL | re.MULTILINE)
    assert len(steps) >= 15
    for step in steps:
        assert NAME.search(step) or "](../flink/java/" in step, step


@pytest.mark.parametrize("path", FILES, ids=str)
def test_each_test_that_a_document_names_exists(path: Path) -> None:
    for name, file in re.findall(r"\[(test_\w+)\]\(([^)]+)\)", read(path)):
        tests = (ROOT / path.parent / file).read_text("utf-8")
        assert f"\ndef {name}(" in tests, f"{path}: {name} is not in {file}"


def test_unknown_python_names_are_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve("gate.verdict.RecordValidator.no_such_method")
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        resolve("gate.no_such_module")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_variables_are_settings(path: Path) -> None:
    known = Settings().environment()
    for variable in re.findall(r"INVENTORY_[A-Z_]*[A-Z]", read(path)):
        assert variable in known, f"{path}: {variable}"


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "CHANGELOG.md"], ids=str)
def test_make_targets_exist(path: Path) -> None:
    # The change log also names targets that were renamed.
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for target in re.findall(r"(?:`|^\s*)make ([a-z-]+)", read(path), re.M):
        assert target in targets, f"{path}: make {target}"


def examples() -> list[str]:
    """The commands of every `console` block: they need a cluster or a record."""
    return [command for path in FILES for command in commands(read(path), "console")]


@pytest.mark.parametrize("example", [each for each in examples() if " -m " in each])
def test_commands_and_options_of_the_examples_exist(example: str) -> None:
    words = MODULE.search(example)
    assert words, example
    command, context = entry_point(words[1]), click.Context(click.Command("python"))
    for name in words[2].split():
        if isinstance(command, click.Group):
            subcommand = command.get_command(context, name)
            assert subcommand, f"{example}: {name}"
            command = subcommand
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in shlex.split(example) if word.startswith("--")} <= known, example


def entry_point(module: str) -> click.Command:
    """The command that `python -m module` runs."""
    package = hasattr(importlib.import_module(module), "__path__")
    main = importlib.import_module(f"{module}.__main__" if package else module).main
    return main if isinstance(main, click.Command) else click.Command(module)
