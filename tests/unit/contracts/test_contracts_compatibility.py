"""Changed contracts are checked against every released version, offline."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts import compatibility, release
from contracts.compatibility.finding import Severity
from contracts.compatibility.released_versions import ContractFinding
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load, load_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of contracts with a copy of shipment.avsc, released once."""
    (tmp_path / "shipment.avsc").write_bytes((SCHEMAS / "shipment.avsc").read_bytes())
    assert list(release.release(load_all(tmp_path), tmp_path / "released")) == [
        "shipment version 1"
    ]
    return tmp_path


def edit(folder: Path, change: Any) -> Contract:
    path = folder / "shipment.avsc"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")
    return load(path)


def findings(folder: Path, contract: Contract) -> list[ContractFinding]:
    """Return the findings that are not safe."""
    versions = compatibility.released(contract, folder / "released")
    findings = compatibility.findings(contract, versions)
    return [each for each in findings if each.finding.severity is not Severity.SAFE]


def test_the_working_contracts_are_compatible_with_all_released_versions() -> None:
    for contract in load_all():
        versions = compatibility.released(contract)
        assert compatibility.is_released(contract, versions)
        assert compatibility.findings(contract, versions) == []


def test_an_optional_field_is_safe_and_released_as_the_next_version(folder: Path) -> None:
    pallet = {"name": "pallet", "type": ["null", "string"], "default": None, "doc": "Pallet."}
    contract = edit(folder, lambda d: d["fields"].append(pallet))
    assert findings(folder, contract) == []
    assert list(release.release([contract], folder / "released")) == ["shipment version 2"]
    assert list(release.release([contract], folder / "released")) == []


BREAKING = {
    "a field without default": (
        lambda d: d["fields"].append({"name": "pallet", "type": "string", "doc": "Pallet."}),
        {"default-missing"},
    ),
    "a removed field": (lambda d: d["fields"].pop(4), {"default-missing"}),
    "a wider type": (lambda d: d["fields"][4].update(type="long"), {"type-changed"}),
    "another key": (lambda d: d["topic"].update(key=["store_id"]), {"key-changed"}),
    "another name": (lambda d: d.update(name="Delivery"), {"name-changed", "key-changed"}),
    "another namespace": (
        lambda d: d.update(namespace="stock"),
        {"record-renamed", "key-changed"},
    ),
    "a field that may be null": (
        lambda d: d["fields"][4].update(type=["null", "int"], default=None),
        {"null-refused", "null-allowed"},
    ),
    "a time as a number": (
        lambda d: next(f for f in d["fields"] if f["name"] == "recorded_at").update(type="long"),
        {"logical-type-removed", "logical-type-added"},
    ),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_found(change: str, folder: Path) -> None:
    edited, rules = BREAKING[change]
    rule_ids = {each.finding.rule.id for each in findings(folder, edit(folder, edited))}
    assert rules <= rule_ids


def test_an_old_version_counts_as_much_as_the_newest(folder: Path) -> None:
    units = {"name": "units", "type": ["null", "int"], "default": None, "doc": "Units."}
    added = edit(folder, lambda d: d["fields"].append(units))
    list(release.release([added], folder / "released"))
    dropped = edit(folder, lambda d: d["fields"].pop())
    list(release.release([dropped], folder / "released"))
    retyped = edit(folder, lambda d: d["fields"].append({**units, "type": ["null", "string"]}))
    assert any("released/shipment/2.avsc" in str(finding) for finding in findings(folder, retyped))
