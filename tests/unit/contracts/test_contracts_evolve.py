"""`evolve` writes the files of a succession, and refuses what is no successor."""

import pytest

from contracts.contract_file import load, load_all
from contracts.errors import InvalidContractError
from contracts.successions import pairs
from tests.support.succession_road import Road, move_the_job, numbers_for_sku_and_no_till


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
