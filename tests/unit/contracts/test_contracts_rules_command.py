"""The commands `check` and `compat`: exit codes, places and messages."""

import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS
from contracts.source_location import line_of


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts and their released versions."""
    shutil.copytree(SCHEMAS, tmp_path / "schemas", ignore=shutil.ignore_patterns("*.py", "gen*"))
    return tmp_path / "schemas"


def replace(folder: Path, stem: str, old: str, new: str) -> None:
    path = folder / f"{stem}.avsc"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


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


def field(stem: str, index: int, **changes: Any) -> Any:
    def change(folder: Path) -> None:
        path = folder / f"{stem}.avsc"
        document = json.loads(path.read_text("utf-8"))
        document["fields"][index].update(changes)
        path.write_text(json.dumps(document, indent=1), "utf-8")

    return change


def attribute(stem: str, name: str, value: Any) -> Any:
    def change(folder: Path) -> None:
        path = folder / f"{stem}.avsc"
        document = json.loads(path.read_text("utf-8"))
        document[name] = value
        path.write_text(json.dumps(document, indent=1), "utf-8")

    return change


SHIPMENT = (SCHEMAS / "shipment.avsc").read_text("utf-8")
SKU_LINE, FIELDS_LINE = (line_of(SHIPMENT, "fields", name) for name in ("sku", None))

INVALID = {
    "malformed JSON": (
        lambda folder: (folder / "shipment.avsc").write_text('{"type": "record",\n\n'),
        "shipment.avsc: not readable as JSON",
    ),
    "not UTF-8": (
        lambda folder: (folder / "shipment.avsc").write_bytes(b'{"type": "\xff"}'),
        "shipment.avsc: not readable as JSON",
    ),
    "text of Windows": (
        lambda folder: (folder / "shipment.avsc").write_bytes(b'{"type":\n "\xe9"}'),
        "shipment.avsc: not readable as JSON: line 2 has the byte e9, which is not UTF-8: save",
    ),
    "a byte order mark": (
        lambda folder: (folder / "shipment.avsc").write_text('{"type": "record"}', "utf-8-sig"),
        "shipment.avsc: not readable as JSON: the file begins with a byte order mark: save it",
    ),
    "an attribute twice": (
        lambda folder: replace(folder, "shipment", '"owner"', '"doc": "x", "owner"'),
        "shipment.avsc: not readable as JSON: the attribute 'doc' is there twice",
    ),
    "a field twice": (field("shipment", 1, name="sku"), "shipment.avsc: field sku: name"),
    "unknown logical type": (
        field("shipment", 4, type={"type": "int", "logicalType": "units"}),
        "shipment.avsc: field quantity: type",
    ),
    "recursive type": (
        field("shipment", 4, type=["null", "Shipment"], default=None),
        "shipment.avsc: field quantity: type",
    ),
    "a field called class": (
        field("shipment", 4, name="class"),
        "shipment.avsc: field class: name",
    ),
    "a field called from": (field("shipment", 4, name="from"), "shipment.avsc: field from: name"),
    "a name of Flink's": (field("shipment", 4, name="value"), "shipment.avsc: field value: name"),
    "a method's name": (field("shipment", 4, name="key"), "shipment.avsc: field key: name"),
    "a default of another type": (
        field("shipment", 4, default="many"),
        "shipment.avsc: not an Avro schema: /fields/quantity: the default",
    ),
    "a recursive type of its own": (
        field(
            "shipment",
            4,
            type={"type": "record", "name": "Box", "fields": [{"name": "boxes", "type": "Box"}]},
        ),
        "shipment.avsc: field quantity: type",
    ),
    "a decimal by default of no bytes": (
        field("transaction", 7, default=""),
        "transaction.avsc: field line_amount: default: expected a number's bytes",
    ),
    "no owner": (attribute("shipment", "owner", ""), "shipment.avsc: owner"),
    "no word of an owner": (
        lambda folder: replace(folder, "shipment", '"owner"', '"owned"'),
        "shipment.avsc: owner",
    ),
    "a field without a name": (
        lambda folder: replace(folder, "shipment", '"name": "sku", ', ""),
        f"shipment.avsc: line {SKU_LINE}: a field's name: expected a string that is not empty.",
    ),
    "a field that is no object": (
        lambda folder: replace(folder, "shipment", '"fields": [', '"fields": [ 7,'),
        f"shipment.avsc: line {FIELDS_LINE}: fields: expected objects with name, type and doc.",
    ),
    "a word of SQL": (field("shipment", 4, name="table"), "shipment.avsc: field table: name"),
    "one record of two": (
        lambda folder: replace(folder, "transaction", '"Transaction"', '"Shipment"'),
        "transaction.avsc: record Shipment belongs to shipment.avsc already",
    ),
    "a topic that Flink reserves": (
        attribute(
            "shipment", "topic", {"name": "order", "key": ["sku"], "partitions": 1, "config": {}}
        ),
        "shipment.avsc: topic.name",
    ),
    "one topic of two": (
        lambda folder: replace(folder, "transaction", '"transactions"', '"shipments"'),
        "transaction.avsc: topic shipments belongs to shipment.avsc already",
    ),
    "a key of no names": (
        attribute("shipment", "topic", {"name": "shipments", "key": [["sku"]], "partitions": 1}),
        "shipment.avsc: topic.key",
    ),
    "config of no object": (
        attribute(
            "shipment",
            "topic",
            {"name": "shipments", "key": ["sku"], "partitions": 1, "config": 3},
        ),
        "shipment.avsc: topic.config",
    ),
    "a version without number": (
        lambda folder: (folder / "released/shipment/new.avsc").write_text("{}"),
        "released/shipment/new.avsc",
    ),
}


@pytest.mark.parametrize("fault", INVALID)
def test_an_invalid_contract_exits_with_2_and_names_file_and_field(
    fault: str, schemas: Path
) -> None:
    change, message = INVALID[fault]
    change(schemas)
    before = {path: path.read_bytes() for path in schemas.rglob("*") if path.is_file()}
    result = run("check", "--schemas", schemas)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {message}")
    assert len(result.stderr.splitlines()) == 1
    assert before == {path: path.read_bytes() for path in schemas.rglob("*") if path.is_file()}


@pytest.mark.parametrize("room", ["codegen.generate", "contracts.release"])
@pytest.mark.parametrize("fault", [fault for fault in INVALID if "version" not in fault])
def test_generate_and_release_write_nothing_for_an_invalid_contract(
    room: str, fault: str, schemas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, message = INVALID[fault]
    change(schemas)

    def written(*_: object) -> None:
        raise AssertionError

    for writes in ("write_bytes", "write_text", "unlink"):
        monkeypatch.setattr(Path, writes, written)
    package, _, command = room.partition(".")
    entry = importlib.import_module(f"{package}.__main__").main
    result = CliRunner().invoke(entry, [command, "--schemas", str(schemas)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {message}")


def test_github_annotates_an_invalid_contract(schemas: Path) -> None:
    (schemas / "shipment.avsc").write_text('{"type": "record",\n"name":: 3}')
    result = run("check", "--schemas", schemas, "--format", "github")
    assert (
        f"::error file={schemas / 'shipment.avsc'},line=2,title=invalid-contract::" in result.stdout
    )
    assert result.exit_code == 2


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
