"""A file that cannot be read, written or parsed ends no command with a traceback."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS
from tests.support.copied_statements import copy


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """One contract that has changed since its release."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS / "released" / "shipment", folder / "released" / "shipment")
    document = json.loads((SCHEMAS / "shipment.avsc").read_text("utf-8"))
    (folder / "shipment.avsc").write_text(json.dumps(document | {"owner": "finance"}), "utf-8")
    return folder


WRITTEN = {
    "export": ["export", "--format", "odcs", "--out"],
    "catalogue": ["catalogue", "--out"],
}


@pytest.mark.parametrize("command", WRITTEN)
def test_an_output_folder_that_is_a_file_is_named(command: str, schemas: Path) -> None:
    out = schemas.parent / "out"
    out.write_text("precious")
    result = run(*WRITTEN[command], out, "--schemas", schemas)
    assert result.exit_code == 1
    assert f"{out} cannot be read or written: File exists." in result.stderr
    assert out.read_text("utf-8") == "precious"


@pytest.mark.parametrize("log", [b"\xff\xfe", None])
def test_a_change_log_that_is_no_text_releases_nothing(log: bytes | None, schemas: Path) -> None:
    file = schemas / "released" / "CHANGELOG.md"
    file.mkdir() if log is None else file.write_bytes(log)
    before = sorted(schemas.rglob("*"))
    result = run("release", "--schemas", schemas)
    assert result.exit_code == 2
    assert "CHANGELOG.md: not readable" in result.stderr
    assert sorted(schemas.rglob("*")) == before


def test_a_folder_of_released_versions_that_is_a_file_is_named(schemas: Path) -> None:
    shutil.rmtree(schemas / "released")
    (schemas / "released").write_text("")
    result = run("release", "--schemas", schemas)
    assert result.exit_code == 1
    assert "cannot be read or written: Not a directory." in result.stderr


def test_a_plan_that_is_nested_too_deeply_is_no_plan(schemas: Path) -> None:
    (schemas / "plan.json").write_text("[" * 100_000)
    result = run("apply", "--plan", schemas / "plan.json", "--schemas", schemas)
    assert result.exit_code == 1
    assert "expected a plan as" in result.stderr


MODULES = {
    "no Python": (b"def (\n", "audit/ledger.py:1", "no Python: invalid syntax"),
    "another encoding": (b"a = 1\nb = '\xff'\n", "audit/ledger.py:2", "not readable: line 2 has"),
    "zeros": (b"a = 1\0", "audit/ledger.py:1", "null bytes"),
}


@pytest.mark.parametrize("fault", MODULES)
def test_a_module_that_python_cannot_parse_may_read_every_field(fault: str, tmp_path: Path) -> None:
    content, place, what = MODULES[fault]
    tree = copy(tmp_path)
    (tree / "audit").mkdir(exist_ok=True)
    (tree / "audit" / "ledger.py").write_bytes(content)
    schemas = tree / "schemas"
    impact = run("impact", "store.name", "--schemas", schemas).stdout
    assert f"  {place}: " in impact
    assert what in impact
    document = json.loads((schemas / "store.avsc").read_text("utf-8"))
    (schemas / "store.avsc").write_text(json.dumps(document | {"doc": "Another."}), "utf-8")
    result = run("check", "--schemas", schemas)
    assert result.exit_code == 1
    assert f"{place} (" in result.stdout


def test_modules_of_an_environment_are_not_read(tmp_path: Path) -> None:
    tree = copy(tmp_path)
    (tree / "venv").mkdir()
    (tree / "venv" / "pyvenv.cfg").write_text("")
    (tree / "venv" / "old.py").write_text("print 'a'")
    result = run("impact", "store.name", "--schemas", tree / "schemas")
    assert result.exit_code == 0
    assert "old.py" not in result.stdout


def test_new_leaves_no_contract_without_its_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = copy(tmp_path)

    def fail(path: Path, content: bytes) -> None:
        if path.suffix == ".sql":
            raise PermissionError(13, "Permission denied", str(path))
        path.write_bytes(content)

    monkeypatch.setattr("contracts.new_command.write_atomically", fail)
    words = ("--owner", "stores", "--doc", "Given away.", "--schemas", tree / "schemas")
    result = run("new", "donation", *words)
    assert result.exit_code == 1
    assert "stg_donations.sql cannot be read or written: Permission denied." in result.stderr
    assert not (tree / "schemas" / "donation.avsc").exists()
