"""Unknown attributes, limits that do not fit their type, and defaults outside of their limits."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from codegen import dataclasses
from contracts import compatibility
from contracts.__main__ import main
from contracts.contract_file import SCHEMAS, load, load_all
from contracts.errors import InvalidContractError
from contracts.pattern_language import values
from schemas.violations import ContractViolationError


def edited(folder: Path, change: Any) -> Path:
    document = json.loads((SCHEMAS / "transaction.avsc").read_text("utf-8"))
    change(document, {field["name"]: field for field in document["fields"]})
    path = folder / "transaction.avsc"
    path.write_text(json.dumps(document, indent=1), "utf-8")
    return path


INVALID = {
    "a number of Kafka's that is none": (
        lambda document, _: document["topic"]["config"].update({"retention.ms": " 1000"}),
        "topic.config: expected a whole number or -1 for retention.ms, not ' 1000'",
    ),
    "half of a character": (
        lambda document, _: document.update(doc="half \ud800"),
        "\\ud800 is half of a character",
    ),
    "a misspelt limit": (
        lambda _, fields: fields["sku"].update(maxLenght=50),
        "field sku: maxLenght: expected maxLength, as a contract has no such attribute",
    ),
    "a misspelt attribute": (
        lambda document, _: document.update(event_tme="occurred_at"),
        "event_tme: expected event_time",
    ),
    "a misspelt attribute of the topic": (
        lambda document, _: document["topic"].update(partition=3),
        "topic.partition: expected partitions",
    ),
    "a misspelt attribute of a type": (
        lambda _, fields: fields["line_amount"]["type"].update(scales=3),
        "field line_amount: type.scales: expected scale",
    ),
    "an attribute of no contract": (
        lambda document, _: document.update(zzz=1),
        "zzz: expected one of type, name",
    ),
    "a length of a number": (
        lambda _, fields: fields["quantity"].update(maxLength=5),
        "field quantity: maxLength: expected only minimum, maximum, as the field is of type int",
    ),
    "a minimum of a text": (
        lambda _, fields: fields["sku"].update(minimum=5),
        "field sku: minimum: expected only minLength, maxLength, pattern, identifier",
    ),
    "a limit of a time": (
        lambda _, fields: fields["occurred_at"].update(minimum=0),
        "field occurred_at: minimum: expected no limit, as the field is of type timestamp-millis",
    ),
    "a negative length": (
        lambda _, fields: fields["sku"].update(minLength=-1),
        "field sku: minLength: expected a whole number from 0 to 10,000,000",
    ),
    "limits without a number between them": (
        lambda _, fields: fields["quantity"].update(minimum=5, maximum=4),
        "field quantity: minimum: expected limits with a number between them",
    ),
    "limits without a length between them": (
        lambda _, fields: fields["sku"].update(minLength=5, maxLength=4),
        "field sku: minLength: expected at most maxLength, 4",
    ),
    "a text default that is too short": (
        lambda _, fields: fields["terminal_id"].update(default=""),
        "field terminal_id: default: expected a value within the limits of the field",
    ),
    "a text default that does not match": (
        lambda _, fields: fields["currency"].update(default="euro"),
        "field currency: default: expected a value within the limits",
    ),
    "a number default that is too small": (
        lambda _, fields: fields["line_no"].update(default=0),
        "field line_no: default: expected a value within the limits",
    ),
    "a decimal default that is too small": (
        lambda _, fields: fields["line_amount"].update(minimum=0, default="\xff"),
        "field line_amount: default: expected a value within the limits",
    ),
}


@pytest.mark.parametrize("fault", INVALID)
def test_a_fault_is_refused_with_field_attribute_and_expectation(
    fault: str, tmp_path: Path
) -> None:
    change, message = INVALID[fault]
    path = edited(tmp_path, change)
    with pytest.raises(InvalidContractError) as refused:
        load(path)
    assert str(refused.value).startswith(f"transaction.avsc: {message}")
    result = CliRunner().invoke(main, ["check", "--schemas", str(tmp_path)])
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("name", ["class.avsc", "my-event.avsc", "1x.avsc", "__init__.avsc"])
def test_a_file_whose_name_no_python_module_can_have_is_refused(tmp_path: Path, name: str) -> None:
    edited(tmp_path, lambda *_: None).rename(tmp_path / name)
    with pytest.raises(InvalidContractError, match="and no Python keyword"):
        load_all(tmp_path)


@pytest.mark.parametrize("name", ["events", "deduplicated-events", "stg-transactions"])
def test_a_table_with_the_name_of_a_view_of_the_job_is_refused(tmp_path: Path, name: str) -> None:
    edited(tmp_path, lambda document, _: document["topic"].update(name=name))
    with pytest.raises(InvalidContractError, match="the name of a view of the job"):
        load_all(tmp_path)


@pytest.mark.parametrize("name", ["sub/transaction.avsc", "transaction.AVSC"])
def test_a_contract_that_would_not_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    edited(tmp_path, lambda *_: None).rename(tmp_path / name)
    with pytest.raises(InvalidContractError, match="not read as a contract"):
        load_all(tmp_path)


def test_a_default_within_the_limits_is_accepted(tmp_path: Path) -> None:
    def change(_: Any, fields: Any) -> None:
        fields["terminal_id"]["default"] = "1"
        fields["line_amount"].update(minimum=-1, default="\x9c")

    load(edited(tmp_path, change))


def test_attributes_of_other_tools_are_accepted_and_not_registered(tmp_path: Path) -> None:
    def change(document: Any, fields: Any) -> None:
        document["x-cost-centre"] = 7
        fields["sku"]["x-personal"] = False

    assert load(edited(tmp_path, change)).schema == load(SCHEMAS / "transaction.avsc").schema


def test_a_released_version_may_have_what_a_contract_must_not(tmp_path: Path) -> None:
    def change(document: Any, fields: Any) -> None:
        document["team"] = "tills"
        fields["sku"].update(maxLenght=50, minimum=3)
        fields["terminal_id"]["default"] = ""

    version = tmp_path / "released" / "transaction" / "1.avsc"
    version.parent.mkdir(parents=True)
    edited(tmp_path, change).rename(version)
    contract = load(edited(tmp_path, lambda *_: None))
    reported = compatibility.findings(
        contract, compatibility.released(contract, version.parents[1])
    )
    assert {each.finding.rule.id for each in reported} == {"default-removed"}


def test_a_text_must_match_its_pattern_and_have_its_length() -> None:
    contract = next(each for each in load_all() if each.name == "Adjustment")
    (reason,) = [field for field in contract.fields if field.name == "reason"]
    assert values(reason.constraints["pattern"])
    reason.constraints["maxLength"] = 5
    module: dict[str, Any] = {"__name__": "adjustment"}
    exec(dataclasses.module(contract), module)
    record = module["Adjustment"].from_dict(
        {field.name: "a" for field in contract.fields} | {"quantity": 1}
    )
    for text, accepted in (("theft", True), ("damage", False), ("other", False)):
        changed = module["Adjustment"].from_dict(record.to_dict() | {"reason": text})
        with pytest.raises(ContractViolationError) as refused:
            changed.validate()
        assert (refused.value.field == "reason") is not accepted
