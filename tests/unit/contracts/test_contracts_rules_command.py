"""The command `check`: exit codes, places and messages of its findings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.source_location import line_of
from tests.support.checked_contracts import copied, replace


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return copied(tmp_path)


def test_the_contracts_of_this_tree_pass_without_loading_any_client() -> None:
    program = (
        "import sys; from contracts.__main__ import main; main(['check'], standalone_mode=False); "
        "print(sorted({'confluent_kafka', 'fastavro', 'avro'} & sys.modules.keys()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "contracts are compatible with every released version" in ran.stdout


def test_a_changed_scale_is_reported_with_place_reader_example_and_remedy(schemas: Path) -> None:
    replace(schemas, "transaction", '"precision": 12, "scale": 2', '"precision": 12, "scale": 4')
    result = run("check", "--schemas", schemas)
    assert result.exit_code == 1
    line = line_of((schemas / "transaction.avsc").read_text("utf-8"), "", "line_amount")
    assert f"transaction.avsc:{line}: value: breaking decimal-scale" in result.stdout
    newest = len(list((schemas / "released" / "transaction").glob("*.avsc")))
    version = f"released/transaction/{newest}.avsc"
    for word in ("effect:", "remedy:", "example:", version, "Flink"):
        assert word in result.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"name": "terminal_id", "type": "string"', '"name": "till", "type": "string"'),
        ('"name": "terminal_id", "type": "string"',
         '"name": "terminal_id", "default": null, "type": ["null", "string"]'),
        ('"precision": 12, "scale": 2', '"precision": 12, "scale": 4'),
    ],
)  # fmt: skip
def test_each_breaking_finding_of_a_field_names_the_ways_that_its_owner_has(
    schemas: Path, old: str, new: str
) -> None:
    replace(schemas, "transaction", old, new)
    findings = json.loads(run("check", "--schemas", schemas, "--format", "json").stdout)
    breaking = [
        each for each in findings if each["severity"] == "breaking" and each["part"] == "value"
    ]
    assert breaking
    for each in breaking:
        assert "Edit transaction.avsc back; a released version is never edited." in each["remedy"]
        assert "`python -m contracts evolve transaction` begins it." in each["remedy"]


def test_a_topic_that_is_no_event_gets_no_way_that_evolve_refuses(schemas: Path) -> None:
    replace(
        schemas, "product", '"name": "name", "type": "string"', '"name": "label", "type": "string"'
    )
    result = run("check", "--schemas", schemas)
    assert result.exit_code == 1
    assert "evolve product" not in result.stdout
    assert "what writes products writes the topic of that, too" in result.stdout


def test_a_removed_and_an_added_field_of_one_type_are_named_as_a_rename(schemas: Path) -> None:
    replace(schemas, "adjustment", '"name": "reason"', '"name": "cause"')
    findings = json.loads(run("check", "--schemas", schemas, "--format", "json").stdout)
    sentences = {
        each["field"]: each["what"] for each in findings if each["rule"] == "default-missing"
    }
    assert sentences.keys() == {"reason", "cause"}
    for what in sentences.values():
        assert what.endswith("; if reason was renamed to cause, keep its name")
    limits = ', "pattern": "damage|theft|expiry|found|correction"'
    replace(schemas, "adjustment", f'"type": "string"{limits}', '"type": "int"')
    assert "was renamed" not in run("check", "--schemas", schemas).stdout


def test_github_annotates_the_line_of_the_field(schemas: Path) -> None:
    replace(schemas, "transaction", '"precision": 12, "scale": 2', '"precision": 12, "scale": 4')
    result = run("check", "--schemas", schemas, "--format", "github")
    path = schemas / "transaction.avsc"
    number = next(
        n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if "line_amount" in line
    )
    assert f"::error file={path},line={number},title=decimal-scale::" in result.stdout
    assert result.exit_code == 1


def test_json_is_one_document_with_every_finding(schemas: Path) -> None:
    replace(schemas, "shipment", '"quantity", "type": "int"', '"quantity", "type": "long"')
    result = run("check", "--schemas", schemas, "--format", "json")
    findings = json.loads(result.stdout)
    assert {(f["field"], f["rule"]) for f in findings} == {
        ("quantity", "type-changed"),
        ("quantity", "number-widened"),
    }
    assert result.exit_code == 1
    assert json.loads(run("check", "--format", "json").stdout) == []
