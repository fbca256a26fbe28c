"""The stages of a succession break no promise; a step out of order is named."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS
from tests.support.succession_road import Road, declare, findings, in_kafka, move_the_job


def test_contracts_that_were_replaced_one_after_the_other_are_not_missed(road: Road) -> None:
    document = json.loads(road.path.read_text("utf-8"))
    for number, before in ((2, "transaction"), (3, "transaction_v2")):
        path = road.folder / f"transaction_v{number}.avsc"
        topic = document["topic"] | {"name": f"transactions-v{number}"}
        new = document | {"name": f"TransactionV{number}", "topic": topic, "succeeds": before}
        path.write_text(json.dumps(new), "utf-8")
        old = road.folder / f"{before}.avsc"
        released = json.loads(old.read_text("utf-8"))
        del released["flink"]
        old.write_text(json.dumps(released), "utf-8")
        road.release()
        old.unlink()
    assert not findings(road)


@pytest.mark.parametrize("stage", [1, 3])
def test_a_contract_that_is_deleted_before_its_last_reader_is_gone_is_named(
    converted: Road, stage: int
) -> None:
    converted.release()
    if stage == 3:
        move_the_job(converted)
    converted.path.unlink()
    assert "withdrawn-too-early" in findings(converted)
    shown = CliRunner().invoke(main, ["check", "--schemas", str(converted.folder)])
    assert shown.exit_code == 1
    assert "its readers are the job, by released/transaction/1.avsc" in shown.output
    assert "evolve --withdraw" in shown.output


def test_a_replaced_contract_that_a_consumer_still_reads_is_named(converted: Road) -> None:
    declare(converted, "transaction")
    move_the_job(converted)
    converted.release()
    converted.path.unlink()
    assert "withdrawn-too-early" in findings(converted)
    declare(converted, "transaction_v2")
    assert not findings(converted)


@pytest.mark.parametrize("value", [None, "shipment"])
def test_a_successor_that_no_longer_names_its_contract_is_named_with_those_hurt(
    converted: Road, value: str | None
) -> None:
    (converted.folder / "shipment.avsc").write_bytes((SCHEMAS / "shipment.avsc").read_bytes())
    converted.release()

    def unlink(document: dict[str, Any]) -> None:
        del document["succeeds"]
        document.update({"succeeds": value} if value else {})

    converted.edit_new(unlink)
    assert findings(converted) == ["successor-unlinked"]
    shown = CliRunner().invoke(main, ["check", "--schemas", str(converted.folder)])
    assert shown.exit_code == 1
    assert "transaction_v2.avsc:" in shown.output
    assert "hurts:   producers of the released version, readers" in shown.output
    converted.release()
    converted.edit_new(lambda document: document.update(succeeds="transaction"))
    assert findings(converted) == ["successor-unlinked" if value else "successor-linked"]


def test_an_undone_successor_that_has_a_reader_is_no_safe_finding(converted: Road) -> None:
    converted.release()
    declare(converted, "transaction_v2")
    converted.new.unlink()
    assert findings(converted) == ["contract-withdrawn"]
    shown = CliRunner().invoke(main, ["check", "--schemas", str(converted.folder)])
    assert "finance (finance@example.org)" in shown.output


def test_an_undone_successor_that_the_job_read_is_no_safe_finding(converted: Road) -> None:
    move_the_job(converted)
    converted.release()
    converted.new.unlink()
    assert findings(converted) == ["contract-withdrawn"]


def test_the_stages_of_a_succession_break_no_promise(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted.release()
    assert not findings(converted)
    move_the_job(converted)
    converted.edit(lambda document: document["topic"]["config"].update({"retention.ms": "1000"}))
    assert not findings(converted)
    converted.release()
    in_kafka(monkeypatch, records=0)
    assert converted.evolve("--withdraw").exit_code == 0
    assert not findings(converted)


def test_the_same_changes_without_a_successor_do(road: Road) -> None:
    road.edit(lambda document: document.pop("flink"))
    road.edit(lambda document: document["topic"]["config"].update({"retention.ms": "1000"}))
    assert findings(road) == ["job-role-changed", "retention-shortened"]


def test_the_topic_that_the_job_reads_keeps_its_retention(converted: Road) -> None:
    converted.edit(lambda document: document["topic"]["config"].update({"retention.ms": "1000"}))
    assert "retention-shortened" in findings(converted)
