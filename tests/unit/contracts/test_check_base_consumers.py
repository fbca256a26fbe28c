"""Consumers of the base are protected, though the change edits their declaration along."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from tests.support.checked_contracts import check, edit, found_rules
from tests.support.git_repository import commit, git

CONSUMER = """\
team = "finance"
contact = "finance@example.org"
contract = "shipment"
fields = ["supplier_id", "quantity"]
since = 2026-03-01
"""


@pytest.fixture
def project(schemas: Path, tmp_path: Path) -> Path:
    """The repository of a project with a declared consumer; its contracts are in schemas/."""
    (tmp_path / "consumers").mkdir()
    (tmp_path / "consumers" / "finance.toml").write_text(CONSUMER, "utf-8")
    document = edit(schemas / "shipment.avsc")
    document["fields"].append(
        {"name": "supplier_id", "type": ["null", "string"], "default": None, "doc": "Supplier."}
    )
    edit(schemas / "shipment.avsc", fields=document["fields"])
    assert CliRunner().invoke(main, ["release", "--schemas", str(schemas)]).exit_code == 0
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "change")
    return tmp_path


def remove_supplier(schemas: Path) -> None:
    document = edit(schemas / "shipment.avsc")
    edit(schemas / "shipment.avsc", fields=document["fields"][:-1])


def declared(text: str | None, project: Path) -> None:
    file = project / "consumers" / "finance.toml"
    file.unlink() if text is None else file.write_text(text, "utf-8")


REDUCED = {
    "deleted": None,
    "reduced": CONSUMER.replace('"supplier_id", ', ""),
    "moved": CONSUMER.replace('"shipment"', '"transaction"').replace("supplier_id", "sku"),
}


@pytest.mark.parametrize("how", REDUCED)
@pytest.mark.parametrize("committed", [False, True])
def test_a_consumer_of_the_base_is_hurt_by_a_field_that_goes_with_its_declaration(
    how: str, committed: bool, project: Path
) -> None:
    remove_supplier(project / "schemas")
    declared(REDUCED[how], project)
    against = ["--against", "main"] if committed else []
    if committed:
        commit(project)
    assert ("shipment.avsc", "consumer-lacks-field") in found_rules(project / "schemas", *against)
    result = check(project / "schemas", *against)
    assert result.exit_code == 1
    base = "main" if committed else "HEAD"
    assert (
        f"finance (finance@example.org), since 2026-03-01 by {base} reads supplier_id, which "
        "shipment does not have" in result.stdout
    )


def test_a_consumer_of_a_base_folder_and_of_a_withdrawn_contract_is_named(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = tmp_path_factory.mktemp("old") / "project"
    shutil.copytree(project, old)
    declared(None, project)
    (project / "schemas" / "shipment.avsc").unlink()
    commit(project)
    result = check(project / "schemas", "--against", str(old / "schemas"))
    assert "breaking contract-withdrawn" in result.stdout
    assert f"finance (finance@example.org), since 2026-03-01 by {old / 'schemas'}" in result.stdout


def test_a_declaration_may_end_before_its_field_and_lose_one_that_never_was(project: Path) -> None:
    schemas = project / "schemas"
    declared(CONSUMER.replace("supplier_id", "supplyer_id"), project)
    assert ("finance.toml", "consumer-lacks-field") in found_rules(schemas)
    commit(project)
    declared(CONSUMER.replace("supplier_id", "sku"), project)
    assert found_rules(schemas) == set()
    commit(project)
    remove_supplier(schemas)
    assert found_rules(schemas) == {("shipment.avsc", "field-ignored")}


def test_a_consumer_in_a_renamed_file_is_the_same(project: Path) -> None:
    remove_supplier(project / "schemas")
    file = project / "consumers" / "finance.toml"
    file.rename(file.with_name("accounts.toml"))
    rules = found_rules(project / "schemas")
    assert ("accounts.toml", "consumer-lacks-field") in rules
    assert ("shipment.avsc", "consumer-lacks-field") not in rules


def test_consumers_of_a_folder_that_was_moved_are_those_that_were_beside_it(project: Path) -> None:
    (project / "data").mkdir()
    git(project, "mv", "schemas", "data/schemas")
    declared(None, project)
    remove_supplier(project / "data" / "schemas")
    assert ("shipment.avsc", "consumer-lacks-field") in found_rules(project / "data" / "schemas")
