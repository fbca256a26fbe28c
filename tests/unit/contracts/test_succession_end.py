"""A contract is withdrawn, or its successor undone, when no reader and no record is left."""

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from contracts.contract_file import load_all
from tests.support.succession_road import Road, declare, findings, in_kafka, move_the_job


def test_a_contract_that_the_job_reads_is_not_withdrawn(converted: Road) -> None:
    refused = converted.evolve("--withdraw")
    assert refused.exit_code == 1
    assert "the job" in refused.output
    assert converted.path.exists()


def test_nothing_is_converted_back_once_no_reader_is_left(converted: Road) -> None:
    move_the_job(converted)
    done = converted.evolve()
    assert done.exit_code == 0, done.output
    assert "Shorten retention.ms in transaction.avsc" in done.output
    assert converted.up.exists()
    assert not converted.down.exists()


def test_a_contract_with_records_is_not_withdrawn(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_the_job(converted)
    in_kafka(monkeypatch, records=3)
    refused = converted.evolve("--withdraw")
    assert refused.exit_code == 1
    assert "3 records of transactions" in refused.output
    assert converted.path.exists()


def test_a_contract_without_readers_and_records_is_withdrawn_with_its_conversions(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_the_job(converted)
    in_kafka(monkeypatch, records=0)
    refused = converted.evolve("--withdraw")
    assert refused.exit_code == 1
    assert "transaction.avsc has changed since its newest release" in refused.output
    converted.release()
    done = converted.evolve("--withdraw")
    assert done.exit_code == 0, done.output
    assert [contract.stem for contract in load_all(converted.folder)] == ["transaction_v2"]
    assert not converted.up.exists()
    assert not converted.down.exists()


def test_a_successor_with_records_to_convert_is_not_undone(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_kafka(monkeypatch, records=9, waiting=3)
    refused = converted.evolve("--undo")
    assert refused.exit_code == 1
    assert "3 of transactions-v2 wait" in refused.output
    assert converted.new.exists()


def test_a_successor_that_the_job_reads_is_not_undone(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_the_job(converted)
    in_kafka(monkeypatch, records=9)
    refused = converted.evolve("--undo")
    assert refused.exit_code == 1
    assert "move them to transactions first" in refused.output
    assert converted.new.exists()


def test_an_undone_successor_breaks_no_promise_and_begins_again_as_it_was(
    converted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted.release()
    in_kafka(monkeypatch, records=9)
    before = converted.new.read_text("utf-8")
    done = converted.evolve("--undo")
    assert done.exit_code == 0, done.output
    assert [contract.stem for contract in load_all(converted.folder)] == ["transaction"]
    assert not converted.up.exists()
    assert not converted.down.exists()
    assert findings(converted) == ["successor-undone"]
    assert CliRunner().invoke(main, ["check", "--schemas", str(converted.folder)]).exit_code == 0
    released = CliRunner().invoke(main, ["release", "--schemas", str(converted.folder)])
    assert released.exit_code == 0, released.output

    again = converted.evolve()
    assert "as it was released before it was undone" in again.output
    assert converted.new.read_text("utf-8") == before
    assert not findings(converted)


@pytest.mark.parametrize("end", ["--undo", "--withdraw"])
def test_without_a_successor_there_is_nothing_to_end(road: Road, end: str) -> None:
    refused = road.evolve(end)
    assert refused.exit_code == 1
    assert "transaction has no successor" in refused.output
    assert not road.new.exists()


def test_a_declared_consumer_is_a_reader(converted: Road) -> None:
    declare(converted, "transaction")
    move_the_job(converted)
    assert "finance (consumers/finance.toml)" in converted.evolve().output
    assert converted.down.exists()
    refused = converted.evolve("--withdraw")
    assert refused.exit_code == 1
    assert "finance" in refused.output
