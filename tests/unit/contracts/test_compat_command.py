"""The command `compat`: exit codes and messages, for any schemas."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def compat(tmp_path: Path) -> Any:
    def run_compat(reader: str, writer: str, *more: str) -> Result:
        (tmp_path / "r.avsc").write_text(reader)
        (tmp_path / "w.avsc").write_text(writer)
        return run(
            "compat", "--reader", tmp_path / "r.avsc", "--writer", tmp_path / "w.avsc", *more
        )

    return run_compat


def test_compat_answers_by_exit_code(compat: Any) -> None:
    assert compat('"long"', '"int"').exit_code == 0
    assert compat('"int"', '"long"').exit_code == 1
    assert compat('"long"', '"int"', "--pipeline").exit_code == 1
    assert compat('"int"', '"int"', "--pipeline", "--part", "key").exit_code == 0


@pytest.mark.parametrize(
    "text",
    ['{"type": "rec', '{"type": "recor"}', "[[", "3", '["int", "int"]', "", '"Missing"',
     '{"type": "record", "name": "R", "fields": [{"name": "f", "type": "int", "default": "x"}]}',
     '{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":2147483648}]}',
     '{"type": "fixed", "name": "F", "size": NaN}', "[" * 100_000],
    ids=lambda text: text[-30:] or "nothing",
)  # fmt: skip
def test_an_invalid_schema_exits_with_2(text: str, compat: Any) -> None:
    for result in (compat(text, '"int"'), compat('"int"', text)):
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert "avsc: not an Avro schema: " in result.stderr


def test_a_missing_file_exits_with_2(tmp_path: Path) -> None:
    result = run("compat", "--reader", tmp_path / "none.avsc", "--writer", tmp_path)
    assert result.exit_code == 2
    assert "none.avsc: No such file" in result.stderr


def shared(count: int, leaf: str) -> dict[str, Any]:
    """Return a record that holds each smaller one twice: 2**count values of the leaf."""
    record: dict[str, Any] = {
        "type": "record",
        "name": "R0",
        "fields": [{"name": "a", "type": leaf}],
    }
    for number in range(1, count):
        fields = [{"name": "a", "type": record}, {"name": "b", "type": f"R{number - 1}"}]
        record = {"type": "record", "name": f"R{number}", "fields": fields}
    return record


def unions(count: int, leaf: str) -> list[Any]:
    """Return records with a union of all smaller ones: 2**count paths to the leaf."""
    names = [f"R{number}" for number in range(count)]
    return [
        {"type": "record", "name": name, "fields": [{"name": "a", "type": [leaf, *names[:number]]}]}
        for number, name in enumerate(names)
    ]


def huge(_: int, leaf: str) -> dict[str, Any]:
    size = 2**31 - 1 if leaf == "int" else 2**30
    return {"type": "record", "name": "R", "fields": [
        {"name": "a", "type": {"type": "fixed", "name": "F", "size": size}}]}  # fmt: skip


@pytest.mark.parametrize("pipeline", [[], ["--pipeline"]])
@pytest.mark.parametrize("of", [shared, unions, huge])
def test_types_that_are_nested_without_end_or_very_large_are_judged_in_time(
    of: Callable[[int, str], Any], pipeline: list[str], tmp_path: Path
) -> None:
    paths = tmp_path / "reader.json", tmp_path / "writer.json"
    for path, leaf in zip(paths, ("int", "string"), strict=True):
        path.write_text(json.dumps(of(60, leaf)), "utf-8")
    started = time.process_time()
    reader, writer = map(str, paths)
    result = CliRunner().invoke(main, ["compat", "--reader", reader, "--writer", writer, *pipeline])
    assert result.exit_code == 1, result.output
    assert "breaking" in result.output
    assert time.process_time() - started < 5
