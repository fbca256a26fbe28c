"""An invalid contract or version is named, and hides no finding of the others."""

import shutil
from pathlib import Path

import pytest

from contracts.contract_file import SCHEMAS
from tests.support.checked_contracts import (
    check,
    edit,
    found_rules,
    is_2_and_not_compatible,
    newest,
    rescale,
)


def test_an_invalid_contract_does_not_hide_the_findings_of_the_others(schemas: Path) -> None:
    (schemas / "shipment.avsc").write_text('{"type": "record",\n"name":: 3}')
    rescale(schemas / "transaction.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "breaking decimal-scale" in result.stdout
    assert result.stderr.startswith("Error: shipment.avsc: not readable as JSON")
    assert found_rules(schemas) >= {
        ("shipment.avsc", "invalid-contract"),
        ("transaction.avsc", "decimal-scale"),
    }


def test_a_statement_of_an_invalid_contract_is_no_further_finding(
    schemas: Path, tmp_path: Path
) -> None:
    shutil.copytree(SCHEMAS.parent / "flink" / "sql", tmp_path / "flink" / "sql")
    for path in SCHEMAS.glob("*.avsc"):
        shutil.copy(path, schemas)
    (schemas / "shipment.avsc").write_text("{}", "utf-8")
    assert {each for each in found_rules(schemas) if each[1] != "contract-not-released"} == {
        ("shipment.avsc", "invalid-contract")
    }
    for path in schemas.glob("*.avsc"):
        path.write_text("{}", "utf-8")
    result = check(schemas)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == len(list(schemas.glob("*.avsc")))


def test_every_invalid_contract_is_named(schemas: Path) -> None:
    (schemas / "shipment.avsc").write_text("{}", "utf-8")
    edit(schemas / "transaction.avsc", owner="")
    errors = check(schemas).stderr.splitlines()
    assert [error.split(":")[1] for error in errors] == [" shipment.avsc", " transaction.avsc"]


def test_an_invalid_released_version_does_not_hide_the_others(schemas: Path) -> None:
    newest(schemas, "shipment").write_text("{}", "utf-8")
    rescale(schemas / "transaction.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "breaking decimal-scale" in result.stdout
    assert "released/shipment/" in result.stderr


@pytest.mark.parametrize("name", ["shipment/x/9.avsc", "9.avsc", "shipment/9.AVSC"])
def test_a_version_that_would_not_be_read_is_named(schemas: Path, name: str) -> None:
    target = schemas / "released" / name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(schemas / "shipment.avsc", target)
    is_2_and_not_compatible(check(schemas), "not read as a version: expected released/<name>/<num")


@pytest.mark.parametrize("name", ["02", "0", "\u0663", "1" * 200])
def test_a_file_that_is_no_version_number_is_named(schemas: Path, name: str) -> None:
    released = schemas / "released" / "shipment"
    shutil.copy(released / "1.avsc", released / f"{name}.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "expected a version number as the file name" in result.output


def test_nothing_to_check_is_not_compatible(tmp_path: Path, schemas: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "wrong", schemas / "shipment.avsc"):
        is_2_and_not_compatible(check(path), f"No contracts in {path}")
