"""A contract is compared with all that its topic has had, and none goes unnamed."""

import shutil
from pathlib import Path

from click.testing import CliRunner

from contracts.__main__ import main
from tests.support.checked_contracts import check, edit, found_rules


def test_a_contract_without_history_is_named(schemas: Path) -> None:
    shutil.rmtree(schemas / "released" / "shipment")
    assert found_rules(schemas) == {("shipment.avsc", "contract-not-released")}
    assert check(schemas).exit_code == 0


def test_a_withdrawn_contract_is_named(schemas: Path) -> None:
    (schemas / "shipment.avsc").unlink()
    result = check(schemas)
    assert result.exit_code == 1
    assert "shipment.avsc:1: contract: breaking contract-withdrawn" in result.stdout


def retake(schemas: Path) -> None:
    """Withdraw the shipments' contract, and give its topic to a new one."""
    (schemas / "shipment.avsc").rename(schemas / "supply.avsc")
    (schemas / "waivers.toml").write_text(
        '[[waiver]]\nrule = "contract-withdrawn"\ncontract = "shipment"\n'
        'reason = "No reader is left."\nexpires = 9999-12-31\n'
    )


def test_a_new_contract_is_compared_with_those_whose_topic_it_takes(schemas: Path) -> None:
    retake(schemas)
    result = check(schemas)
    assert result.exit_code == 0
    assert "the contract of the topic shipments, which supply.avsc has now" in result.stdout
    fields = edit(schemas / "supply.avsc")["fields"]
    for each in fields:
        if each["name"] == "quantity":
            each["type"] = "long"
    edit(schemas / "supply.avsc", fields=fields)
    assert ("supply.avsc", "number-widened") in found_rules(schemas)
    refused = CliRunner().invoke(main, ["release", "--schemas", str(schemas)])
    assert refused.exit_code == 1
    assert "(released/shipment/2.avsc reads records of supply.avsc)" in refused.output


def test_a_topic_that_a_contract_had_before_is_compared_too(schemas: Path) -> None:
    document = edit(schemas / "shipment.avsc")
    edit(schemas / "shipment.avsc", topic=document["topic"] | {"name": "shipments-2"})
    edit(schemas / "transaction.avsc", topic=document["topic"])
    rules = found_rules(schemas)
    assert ("shipment.avsc", "topic-renamed") in rules
    assert ("transaction.avsc", "name-changed") in rules
