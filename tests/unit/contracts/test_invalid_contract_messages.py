"""An invalid contract ends each command with 2, its file and its field."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS
from contracts.source_location import line_of
from tests.support.checked_contracts import copied, replace


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return copied(tmp_path)


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

    for writes in ("write_bytes", "write_text", "unlink", "replace"):
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
