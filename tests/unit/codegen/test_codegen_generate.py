"""Generated files are current and complete; invalid contracts are refused by file and field."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from codegen import generate, generate_command
from codegen.__main__ import main
from connect.errors import UserError
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load, load_all

DOCUMENTS = (generate.DICTIONARY, generate.ASYNCAPI)
SOURCES = {
    generate.RULES: "contracts/compatibility/rules.py",
    generate.SETTINGS: "connect/settings.py",
    generate.METRICS: "connect/metrics.py",
    generate.SCRAPING: "connect/metrics.py",
    generate.CHARTS: "connect/metrics.py",
    generate.ALERTS: "codegen/alerts.py",
    generate.ALERT_RULES: "codegen/alerts.py",
    generate.PERMISSIONS: "contracts/deployment/kafka_clients.py",
}
"""Documents that are not rendered from the contracts."""


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_all()


def changed(tmp_path: Path, stem: str, change: Any) -> Path:
    """Copy a contract's file and change its JSON."""
    document = json.loads((SCHEMAS / f"{stem}.avsc").read_text("utf-8"))
    change(document)
    path = tmp_path / f"{stem}.avsc"
    path.write_text(json.dumps(document), "utf-8")
    return path


def named(document: dict[str, Any], name: str) -> Any:
    """Return the field of that name."""
    return next(field for field in document["fields"] if field["name"] == name)


def test_generated_files_are_current(contracts: list[Contract]) -> None:
    assert generate.compare(generate.render(contracts)).lines() == []


def test_generating_twice_changes_nothing(contracts: list[Contract], tmp_path: Path) -> None:
    files = generate.render(contracts)
    assert generate.write(files, tmp_path)
    assert not generate.write(files, tmp_path)


def test_stale_missing_and_orphaned_files_are_distinguished(
    contracts: list[Contract], tmp_path: Path
) -> None:
    files = generate.render(contracts)
    generate.write(files, tmp_path)
    stale, missing = generate.PYTHON / "product.py", generate.SQL / "shipment.sql"
    orphaned = generate.PYTHON / "parcel.py"
    (tmp_path / stale).write_text("# edited by hand\n")
    (tmp_path / missing).unlink()
    (tmp_path / orphaned).write_text("")
    difference = generate.compare(files, tmp_path)
    assert (difference.stale, difference.missing, difference.orphaned) == (
        [stale],
        [missing],
        [orphaned],
    )
    generate.write(files, tmp_path)
    assert not generate.compare(files, tmp_path)


def test_check_of_this_tree_passes_on_the_command_line() -> None:
    result = CliRunner().invoke(main, ["generate", "--check"])
    assert result.exit_code == 0, result.output


def test_every_generated_file_says_where_it_comes_from(contracts: list[Contract]) -> None:
    for path, text in generate.render(contracts).items():
        # JSON has no comments: its first attributes say it.
        first = text.splitlines()[: 3 if path.suffix == ".json" else 1]
        source = SOURCES.get(path, "schemas/")
        assert any(f"Generated from {source}" in line for line in first), path


def test_a_changed_contract_makes_the_check_fail_and_name_the_documents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in SCHEMAS.glob("*.avsc"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed(tmp_path, "product", lambda d: d["fields"][0].update(maxLength=99))
    monkeypatch.setattr(generate_command, "contracts_in", lambda _: load_all(tmp_path))
    before = [(generate.ROOT / path).read_bytes() for path in DOCUMENTS]
    result = CliRunner().invoke(main, ["generate", "--check"])
    assert result.exit_code == 1
    for path in (*DOCUMENTS, generate.PYTHON / "product.py"):
        assert f"stale    {path}" in result.output.splitlines()
    assert [(generate.ROOT / path).read_bytes() for path in DOCUMENTS] == before


def test_what_was_written_is_not_called_stale(
    contracts: list[Contract], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = generate.render(contracts)
    generate.write(files, tmp_path)
    (tmp_path / generate.DICTIONARY).write_text("old")
    (tmp_path / generate.SETTINGS).unlink()
    (tmp_path / generate.PYTHON / "parcel.py").touch()
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    result = CliRunner().invoke(main, ["generate"])
    assert result.output.splitlines() == [
        f"updated  {generate.DICTIONARY}",
        f"created  {generate.SETTINGS}",
        f"deleted  {generate.PYTHON / 'parcel.py'}",
        f"{len(files)} generated files are current.",
    ]


def test_a_missing_document_is_written(contracts: list[Contract], tmp_path: Path) -> None:
    files = generate.render(contracts)
    generate.write(files, tmp_path)
    (tmp_path / generate.DICTIONARY).unlink()
    assert generate.compare(files, tmp_path).missing == [generate.DICTIONARY]
    generate.write(files, tmp_path)
    assert (tmp_path / generate.DICTIONARY).read_text("utf-8") == files[generate.DICTIONARY]


def test_other_documents_are_left_alone(contracts: list[Contract], tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.md").write_text("By hand.")
    files = generate.render(contracts)
    generate.write(files, tmp_path)
    assert not generate.compare(files, tmp_path)
    assert (tmp_path / "docs" / "notes.md").exists()


def test_registered_text_holds_only_avro_words(contracts: list[Contract]) -> None:
    for contract in contracts:
        assert {"owner", "topic", "compatibility"}.isdisjoint(json.loads(contract.schema))
        assert "minLength" not in contract.schema


def test_a_better_doc_changes_no_key(tmp_path: Path) -> None:
    def reword(document: dict[str, Any]) -> None:
        for field in document["fields"]:
            field["doc"] += " Reworded."

    reworded = load(changed(tmp_path, "transaction", reword))
    original = load(SCHEMAS / "transaction.avsc")
    assert reworded.key_schema == original.key_schema
    assert reworded.schema != original.schema


def nullable_event_time(document: dict[str, Any]) -> None:
    field = named(document, "occurred_at")
    field.update(type=["null", field["type"]], default=None)


INVALID = {
    "no owner": (lambda d: d.pop("owner"), "owner"),
    "no doc": (lambda d: d["fields"][0].pop("doc"), "field event_id: doc"),
    "micros": (
        lambda d: named(d, "recorded_at")["type"].update(logicalType="timestamp-micros"),
        "field recorded_at: type",
    ),
    "key of no field": (lambda d: d["topic"].update(key=["shelf"]), "topic.key"),
    "null key": (lambda d: d["topic"].update(key=["unit_price"]), "topic.key"),
    "mode": (lambda d: d.update(compatibility="SOMETIMES"), "compatibility"),
    "event time": (lambda d: d.update(event_time="sku"), "event_time"),
    "nullable event time": (nullable_event_time, "event_time"),
    "partitions": (lambda d: d["topic"].update(partitions=0), "topic.partitions"),
    "field twice": (lambda d: d["fields"].append(d["fields"][0]), "field event_id: name"),
    "identifier of no text": (
        lambda d: named(d, "quantity").update(identifier=True),
        "field quantity: identifier",
    ),
    "identifier no": (lambda d: named(d, "sku").update(identifier=False), "field sku: identifier"),
    "maximum of text": (lambda d: named(d, "sku").update(maximum=9), "field sku: maximum"),
    "maximum of a part": (
        lambda d: named(d, "quantity").update(maximum=1.5),
        "field quantity: maximum",
    ),
    "default": (lambda d: named(d, "unit_price").pop("default"), "field unit_price: default"),
    "reserved by Python": (lambda d: named(d, "sku").update(name="class"), "field class: name"),
    "no Avro name": (lambda d: named(d, "sku").update(name="s-ku"), "field s-ku: name"),
}


@pytest.mark.parametrize("fault", INVALID)
def test_an_invalid_contract_is_refused_by_file_and_field(fault: str, tmp_path: Path) -> None:
    change, named = INVALID[fault]
    with pytest.raises(UserError) as refused:
        load(changed(tmp_path, "transaction", change))
    assert refused.value.message.startswith(f"transaction.avsc: {named}")


def test_malformed_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.avsc"
    path.write_text('{"type": "record",')
    with pytest.raises(UserError, match=r"broken\.avsc: not readable as JSON"):
        load(path)


def test_two_contracts_cannot_share_a_topic(tmp_path: Path) -> None:
    changed(tmp_path, "shipment", lambda _: None)
    changed(tmp_path, "transaction", lambda d: d["topic"].update(name="shipments"))
    with pytest.raises(UserError, match=r"transaction\.avsc: topic shipments belongs to shipment"):
        load_all(tmp_path)
