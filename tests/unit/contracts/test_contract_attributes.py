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
        "topic.config: expected a whole number from -1 to 9,223,372,036,854,775,807 for "
        "retention.ms, not ' 1000'",
    ),
    "a setting that Kafka does not have": (
        lambda document, _: document["topic"]["config"].update({"retention.mss": "1000"}),
        "topic.config.retention.mss: expected retention.ms, as Kafka has no such setting",
    ),
    "a setting like no other": (
        lambda document, _: document["topic"]["config"].update({"x": "1000"}),
        "topic.config.x: expected a topic setting of Kafka",
    ),
    "more partitions than Kafka creates": (
        lambda document, _: document["topic"].update(partitions=10**9),
        "topic.partitions: expected at most 10,000",
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
    "a maximum that no value of the type exceeds": (
        lambda _, fields: fields["quantity"].update(maximum=3_000_000_000),
        "field quantity: maximum: expected a number from -2,147,483,648 to 2,147,483,647, as int",
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
    "an order that Avro does not have": (
        lambda _, fields: fields["sku"].update(order="foo"),
        "field sku: order: expected one of ascending, descending, ignore",
    ),
    "an order that is no text": (
        lambda _, fields: fields["sku"].update(order=["ascending"]),
        "field sku: order: expected one of ascending, descending, ignore",
    ),
    "a precision that is a truth value": (
        lambda _, fields: fields["line_amount"]["type"].update(precision=True, scale=0),
        "field line_amount: type: expected string",
    ),
    "a scale that is a truth value": (
        lambda _, fields: fields["line_amount"]["type"].update(scale=False),
        "field line_amount: type: expected string",
    ),
    "an attribute of another type": (
        lambda _, fields: fields["occurred_at"]["type"].update(scale=2),
        "field occurred_at: type.scale: expected one of type, logicalType",
    ),
    "a default inside of the type": (
        lambda _, fields: fields["line_amount"]["type"].update(default=""),
        "field line_amount: type.default: expected",
    ),
    "an alias that is another field's name": (
        lambda _, fields: fields["sku"].update(aliases=["quantity"]),
        "field sku: aliases: expected names that no other field has, unlike quantity",
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


@pytest.mark.parametrize("name", ["tuple", "dict", "classmethod", "from_avro"])
def test_a_field_with_a_name_that_the_generated_class_uses_is_refused(
    tmp_path: Path, name: str
) -> None:
    edited(tmp_path, lambda _, fields: fields["unit_price"].update(name=name))
    with pytest.raises(InvalidContractError, match="that the generated dataclass or table does"):
        load(tmp_path / "transaction.avsc")


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


SETTINGS = {
    "cleanup.policy": (
        ("compact", "delete", "compact, delete"),
        ("", "compactt", "compact,", "compact;delete", "compact,compact"),
    ),
    "message.timestamp.type": (("CreateTime", "LogAppendTime"), ("LogAppend", "logappendtime")),
    "compression.type": (("producer", "zstd"), ("gzipp", "")),
    "preallocate": (("true", "false"), ("yes", "1")),
    "min.cleanable.dirty.ratio": (("0", "0.5", "1"), ("1.1", "-0.1", ".", "nan", "1e-1")),
    "min.insync.replicas": (("1", "3"), ("0", "-3", "2147483648", "1.0", "")),
    "retention.ms": (("-1", "0", "9223372036854775807"), ("-2", "9223372036854775808", "one")),
    "max.message.bytes": (("0", "1048588"), ("-1", "2147483648")),
    "confluent.value.schema.validation": (("true", "perhaps"), ()),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_a_topic_has_a_value_that_kafka_takes(setting: str, tmp_path: Path) -> None:
    fit, unfit = SETTINGS[setting]
    for value in (*fit, *unfit):
        config = {setting: value}
        path = edited(
            tmp_path, lambda document, _, new=config: document["topic"].update(config=new)
        )
        if value in fit:
            assert load(path).topic.config == config
        else:
            with pytest.raises(InvalidContractError, match=f"for {setting}, not {value!r}"):
                load(path)


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
        document["topic"]["config"]["preallocate"] = "perhaps"
        fields["sku"].update(maxLenght=50, minimum=3)
        fields["terminal_id"]["default"] = ""

    version = tmp_path / "released" / "transaction" / "1.avsc"
    version.parent.mkdir(parents=True)
    edited(tmp_path, change).rename(version)
    contract = load(edited(tmp_path, lambda *_: None))
    reported = compatibility.findings(
        contract, compatibility.released(contract, version.parents[1])
    )
    assert {each.finding.rule.id for each in reported} == {
        "default-removed",
        "topic-setting-changed",
    }


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
