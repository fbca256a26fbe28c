"""`evolve` writes the files of a succession, and refuses what would leave a reader behind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load, load_all
from contracts.errors import InvalidContractError
from contracts.evolution import command
from contracts.evolution.stage import Progress
from contracts.successions import pairs
from tests.support.contract_sandbox import ContractSandbox


class Road(ContractSandbox):
    """A released contract that a successor replaces."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.release()
        self.new = folder / "transaction_v2.avsc"
        self.up, self.down = (
            folder / "conversions" / f"{name}.sql"
            for name in ("transaction_to_transaction_v2", "transaction_v2_to_transaction")
        )

    def evolve(self, *arguments: str, name: str = "transaction") -> Result:
        folders = ["--schemas", str(self.folder), "--conversions", str(self.up.parent)]
        return CliRunner().invoke(main, ["evolve", name, *arguments, *folders])

    def edit_new(self, change: Callable[[dict[str, Any]], object]) -> None:
        document = json.loads(self.new.read_text("utf-8"))
        change(document)
        self.new.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def road(tmp_path: Path) -> Road:
    (tmp_path / "schemas").mkdir()
    return Road(tmp_path / "schemas")


def numbers_for_sku_and_no_till(document: dict[str, Any]) -> None:
    document["fields"] = [each for each in document["fields"] if each["name"] != "terminal_id"]
    for each in document["fields"]:
        if each["name"] == "sku":
            each.update(type="long")
            for limit in ("minLength", "maxLength", "identifier"):
                del each[limit]


@pytest.fixture
def converted(road: Road) -> Road:
    assert road.evolve().exit_code == 0
    road.edit_new(numbers_for_sku_and_no_till)
    done = road.evolve("--value", "terminal_id='unknown'")
    assert done.exit_code == 0, done.output
    return road


def move_the_job(road: Road) -> None:
    road.edit(lambda document: document.pop("flink"))
    road.edit_new(lambda document: document.update(flink="source"))


def test_a_successor_begins_as_its_contract_with_a_topic_of_its_own(road: Road) -> None:
    assert road.evolve().exit_code == 0
    old, new = load_all(road.folder)
    assert (new.name, new.topic.name, new.succeeds) == (
        "TransactionV2",
        "transactions-v2",
        "transaction",
    )
    assert (new.fields, new.topic.key, new.topic.config) == (
        old.fields,
        old.topic.key,
        old.topic.config,
    )
    assert new.flink is None, "the job reads the old topic until its statements move"
    assert pairs([old, new]) == [(old, new)]


def test_the_next_successor_has_the_next_number(road: Road) -> None:
    road.evolve()
    move_the_job(road)
    (road.folder / "transaction.avsc").unlink()
    assert road.evolve(name="transaction_v2").exit_code == 0
    newest = load(road.folder / "transaction_v3.avsc")
    assert (newest.name, newest.topic.name) == ("TransactionV3", "transactions-v3")


def test_each_conversion_has_the_fields_of_the_other_contract(converted: Road) -> None:
    for path, target in ((converted.up, "transaction_v2"), (converted.down, "transaction")):
        columns = path.read_text("utf-8").split("SELECT\n")[1].split("\nFROM")[0].split(",\n")
        names = [field.name for field in load(converted.folder / f"{target}.avsc").fields]
        assert [column.split()[-1] for column in columns] == names
    assert "  CAST(sku AS BIGINT) AS sku,\n" in converted.up.read_text("utf-8")
    assert "  CAST(sku AS STRING) AS sku,\n" in converted.down.read_text("utf-8")
    assert "  'unknown' AS terminal_id,\n" in converted.down.read_text("utf-8")


def test_a_required_field_without_a_value_is_named(road: Road) -> None:
    road.evolve()
    road.edit_new(numbers_for_sku_and_no_till)
    refused = road.evolve()
    assert refused.exit_code == 1
    assert "--value terminal_id=EXPRESSION" in refused.output
    assert not road.up.exists()
    assert not road.down.exists()


def test_a_field_has_one_value(road: Road) -> None:
    road.evolve()
    road.edit_new(numbers_for_sku_and_no_till)
    refused = road.evolve("--value", "terminal_id='a'", "--value", "terminal_id = 'b'")
    assert refused.exit_code == 1
    assert "--value terminal_id = 'b': terminal_id has another value before" in refused.output
    assert not road.up.exists()


def test_an_optional_field_needs_no_value(road: Road) -> None:
    road.evolve()
    extra = {"name": "note", "type": ["null", "string"], "default": None, "doc": "A note."}
    road.edit_new(lambda document: document["fields"].append(extra))
    assert road.evolve().exit_code == 0
    assert "CAST(NULL AS STRING) AS note" in road.up.read_text("utf-8")


def test_edited_conversions_are_kept(converted: Road) -> None:
    converted.up.write_text("-- by hand\n", "utf-8")
    again = converted.evolve()
    assert again.exit_code == 0
    assert "transactions-v2" in again.output
    assert converted.up.read_text("utf-8") == "-- by hand\n"


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


def in_kafka(monkeypatch: pytest.MonkeyPatch, records: int, waiting: int = 0) -> None:
    """Let Kafka have a number of records of the old contract, and so many of both to convert."""

    def live(contracts: list[Contract]) -> Iterator[Progress]:
        for old, new in pairs(contracts):
            yield Progress(
                old=old,
                new=new,
                lacking=(),
                lacking_accepted=(),
                waiting={new.topic.name: waiting},
                readers=(),
                records=records,
            )

    monkeypatch.setattr(command, "_live", live)


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


@pytest.mark.parametrize("name", ["transactions", "transaction_v2", "tender"])
def test_a_successor_names_another_contract(converted: Road, name: str) -> None:
    converted.edit_new(lambda document: document.update(succeeds=name))
    with pytest.raises(InvalidContractError, match="succeeds: expected the file name") as error:
        load_all(converted.folder)
    assert error.value.exit_code == 2


def test_a_contract_has_one_successor(converted: Road) -> None:
    text = converted.new.read_text("utf-8").replace("V2", "V3").replace("-v2", "-v3")
    converted.new.with_name("transaction_v3.avsc").write_text(text, "utf-8")
    with pytest.raises(InvalidContractError, match="without another successor"):
        load_all(converted.folder)


@pytest.mark.parametrize("flink", ["source", None])
def test_the_job_reads_one_of_the_two(converted: Road, flink: str | None) -> None:
    converted.edit(lambda document: document.update(flink=flink))
    converted.edit_new(lambda document: document.update(flink=flink))
    with pytest.raises(InvalidContractError, match="the job reads the events from one"):
        load_all(converted.folder)


@pytest.mark.parametrize("flink", ["sink", None])
def test_only_an_event_has_a_successor(road: Road, flink: str | None) -> None:
    road.edit(lambda document: document.update(flink=flink))
    refused = road.evolve()
    assert refused.exit_code == 1
    assert "is no event that the job reads" in refused.output
    assert not road.new.exists()


def test_no_file_is_overwritten(road: Road) -> None:
    road.new.write_text(road.path.read_text("utf-8").replace("ransaction", "ill"), "utf-8")
    refused = road.evolve()
    assert refused.exit_code == 1
    assert 'add "succeeds": "transaction"' in refused.output


def test_an_unknown_contract_is_named_with_the_known_ones(road: Road) -> None:
    refused = road.evolve(name="tender")
    assert refused.exit_code == 1
    assert "contracts are: transaction" in refused.output


def test_the_stage_is_the_first_whose_condition_is_not_met(converted: Road) -> None:
    old, new = load_all(converted.folder)

    def stage(
        lacking: tuple[str, ...], waiting: int, readers: tuple[str, ...], records: int
    ) -> int:
        progress = Progress(
            old=old,
            new=new,
            lacking=lacking,
            lacking_accepted=(),
            waiting={"transactions": waiting},
            readers=readers,
            records=records,
        )
        assert f"stage {progress.stage} of 5" in progress.sentence()
        return progress.stage

    assert stage(("transactions-v2",), 7, ("the job",), 7) == 1
    assert stage((), 7, ("the job",), 7) == 2
    assert stage((), 0, ("the job",), 7) == 3
    assert stage((), 0, (), 7) == 4
    assert stage((), 0, (), 0) == 5


@pytest.mark.parametrize(
    ("lacking", "accepted", "sentence"),
    [
        (("transactions-v2",), ("accepted-transactions-v2",),
         "transactions-v2 does not exist: `python -m contracts apply`, then restart the gate"),
        ((), ("accepted-transactions-v2",),
         "the gate does not write accepted-transactions-v2 yet: restart it "
         "(`python -m stack restart gate`)"),
    ],
)  # fmt: skip
def test_the_first_stage_names_the_topic_that_is_really_missing(
    converted: Road, lacking: tuple[str, ...], accepted: tuple[str, ...], sentence: str
) -> None:
    old, new = load_all(converted.folder)
    progress = Progress(
        old=old,
        new=new,
        lacking=lacking,
        lacking_accepted=accepted,
        waiting={},
        readers=(),
        records=1,
    )
    assert sentence in progress.sentence()
    assert ("contracts apply" in progress.sentence()) is bool(lacking)


def declare(road: Road, contract: str) -> None:
    consumers = road.folder.parent / "consumers"
    consumers.mkdir(exist_ok=True)
    (consumers / "finance.toml").write_text(
        f'team = "finance"\ncontact = "finance@example.org"\ncontract = "{contract}"\n'
        'fields = ["line_amount"]\nsince = 2026-03-01\n',
        "utf-8",
    )


def test_a_declared_consumer_is_a_reader(converted: Road) -> None:
    declare(converted, "transaction")
    move_the_job(converted)
    assert "finance (consumers/finance.toml)" in converted.evolve().output
    assert converted.down.exists()
    refused = converted.evolve("--withdraw")
    assert refused.exit_code == 1
    assert "finance" in refused.output


def findings(road: Road) -> list[str]:
    """Return the rules that `check` finds broken."""
    done = CliRunner().invoke(main, ["check", "--schemas", str(road.folder), "--format", "json"])
    return sorted({finding["rule"] for finding in json.loads(done.stdout)})


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
