"""Every attribute of a contract is compared with its newest released version."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts import compatibility
from contracts.compatibility.contract_rule_examples import EXAMPLES, contract_finding_of
from contracts.compatibility.contract_rule_table import CONTRACT
from contracts.compatibility.finding import Hurt, Severity
from contracts.compatibility.released_versions import ContractFinding
from contracts.compatibility.rules import RULES, SCHEMA_RULES
from contracts.compatibility.statement_rule_table import STATEMENTS
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load, load_all
from tests.support.checked_contracts import check, copied

Document = dict[str, Any]


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return copied(tmp_path)


def document_of(stem: str) -> Document:
    document: Document = json.loads((SCHEMAS / f"{stem}.avsc").read_text("utf-8"))
    return document


def named(document: Document, name: str) -> Document:
    return next(field for field in document["fields"] if field["name"] == name)


def written(folder: Path, stem: str, document: Document) -> Contract:
    path = folder / f"{stem}.avsc"
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return load(path)


def findings(contract: Contract) -> list[ContractFinding]:
    return compatibility.findings(contract, compatibility.released(contract))


def on(name: str, **changes: Any) -> Callable[[Document], object]:
    return lambda document: named(document, name).update(changes)


def setting(name: str, value: str) -> Callable[[Document], object]:
    return lambda document: document["topic"]["config"].update({name: value})


def without_level_and_field(document: Document) -> None:
    document["compatibility"] = "BACKWARD"
    document["fields"] = [each for each in document["fields"] if each["name"] != "terminal_id"]


VERDICTS: dict[str, tuple[str, Callable[[Document], object], str, str | None, set[str]]] = {
    "a pattern is tightened": (
        "transaction", on("currency", pattern="EU[A-Z]"), "limit-tightened", "currency",
        {Hurt.PRODUCERS}),
    "a pattern is loosened": (
        "transaction", on("currency", pattern="[A-Z]{3,4}"), "limit-loosened", "currency",
        {Hurt.VALIDATORS}),
    "a minimum is tightened": (
        "transaction", on("line_no", minimum=2), "limit-tightened", "line_no", {Hurt.PRODUCERS}),
    "a minimum is loosened": (
        "transaction", on("line_no", minimum=0), "limit-loosened", "line_no", {Hurt.VALIDATORS}),
    "a maximum is tightened": (
        "transaction", on("quantity", maximum=100), "limit-tightened", "quantity",
        {Hurt.PRODUCERS}),
    "a maximum is loosened": (
        "transaction", on("quantity", maximum=2_000_000), "limit-loosened", "quantity",
        {Hurt.VALIDATORS}),
    "a length is tightened": (
        "transaction", on("sku", maxLength=50), "limit-tightened", "sku", {Hurt.PRODUCERS}),
    "a length is loosened": (
        "transaction", on("sku", maxLength=500), "limit-loosened", "sku", {Hurt.VALIDATORS}),
    "a listed value is added": (
        "adjustment", on("reason", pattern="damage|theft|expiry|found|correction|recall"),
        "value-added", "reason", {Hurt.VALIDATORS, Hurt.STATEMENTS}),
    "a listed value is removed": (
        "adjustment", on("reason", pattern="damage|theft|expiry|found"),
        "value-removed", "reason", {Hurt.PRODUCERS}),
    "a pattern that is not compared": (
        "transaction", on("currency", pattern="(?=E)[A-Z]{3}"), "limit-undecided", "currency",
        {Hurt.PRODUCERS, Hurt.VALIDATORS}),
    "the topic is renamed": (
        "transaction", lambda d: d["topic"].update(name="sales"), "topic-renamed", None,
        {Hurt.PRODUCERS, Hurt.READERS, Hurt.CONSUMERS}),
    "the key is changed": (
        "transaction", lambda d: d["topic"].update(key=["sku", "store_id"]), "key-changed", None,
        {Hurt.READERS}),
    "the event time is changed": (
        "transaction", lambda d: d.update(event_time="recorded_at"), "event-time-changed", None,
        {Hurt.STATEMENTS, Hurt.CONSUMERS}),
    "the event time is removed": (
        "transaction", lambda d: d.pop("event_time"), "event-time-changed", None,
        {Hurt.STATEMENTS}),
    "the role in the job is changed": (
        "transaction", lambda d: d.pop("flink"), "job-role-changed", None, {Hurt.STATEMENTS}),
    "the cleanup policy is changed": (
        "transaction", setting("cleanup.policy", "compact"), "cleanup-changed", None,
        {Hurt.READERS}),
    "the retention is shortened": (
        "transaction", setting("retention.ms", "604800000"), "retention-shortened", None,
        {Hurt.READERS}),
    "the log time is changed": (
        "transaction", setting("message.timestamp.type", "CreateTime"), "log-time-changed", None,
        {Hurt.STATEMENTS}),
    "records may be less large": (
        "quarantined_record", setting("max.message.bytes", "1048576"), "message-size-lowered",
        None, {Hurt.PRODUCERS}),
    "an unknown setting": (
        "transaction", setting("confluent.value.schema.validation", "true"),
        "topic-setting-unknown", None,
        {Hurt.READERS}),
    "the partitions are changed": (
        "transaction", lambda d: d["topic"].update(partitions=8), "partitions-changed", None,
        {Hurt.READERS}),
    "the level is lowered": (
        "transaction", lambda d: d.update(compatibility="FULL"), "level-lowered", None,
        {Hurt.READERS, Hurt.PRODUCERS}),
    "a field is removed under a lowered level": (
        "transaction", without_level_and_field, "default-missing", "terminal_id", {Hurt.READERS}),
    "a doc has another sign": (
        "transaction",
        on("quantity", doc="Units sold (-) or returned (+); 0 for a line that moves money only, "
           "such as a coupon."),
        "meaning-changed", "quantity", {Hurt.READERS, Hurt.CONSUMERS}),
}  # fmt: skip


@pytest.mark.parametrize("edit", VERDICTS)
def test_an_edit_has_its_verdict_its_place_and_those_who_are_hurt(edit: str, schemas: Path) -> None:
    stem, change, rule, field, hurt = VERDICTS[edit]
    document = document_of(stem)
    change(document)
    contract = written(schemas, stem, document)
    reported = [each for each in findings(contract) if each.finding.rule.id == rule]
    assert reported, findings(contract)
    assert reported[0].finding.field == field
    assert hurt <= set(reported[0].finding.rule.hurts)
    assert not compatibility.is_released(contract, compatibility.released(contract))
    result = check(schemas)
    assert result.exit_code == 1
    assert rule in result.stdout
    assert "hurts:" in result.stdout


SAFE: dict[str, tuple[Callable[[Document], object], str]] = {
    "the owner": (lambda d: d.update(owner="finance"), "owner-changed"),
    "a longer retention": (setting("retention.bytes", "-1"), "retention-lengthened"),
    "a segment": (setting("segment.ms", "60000"), "topic-setting-changed"),
    "an alias": (on("sku", aliases=["article"]), "contract-rewritten"),
    "the order of fields": (lambda d: d["fields"].reverse(), "contract-rewritten"),
    "another pattern of the same words": (on("currency", pattern="^[A-Z][A-Z]{2}$"),
                                          "limit-rewritten"),
}  # fmt: skip


@pytest.mark.parametrize("edit", SAFE)
def test_an_edit_that_hurts_no_reader_is_named_and_released(edit: str, schemas: Path) -> None:
    change, rule = SAFE[edit]
    document = document_of("transaction")
    change(document)
    contract = written(schemas, "transaction", document)
    assert [(each.finding.rule.id, each.finding.severity) for each in findings(contract)] == [
        (rule, Severity.SAFE)
    ]
    assert not compatibility.is_released(contract, compatibility.released(contract))
    assert check(schemas).exit_code == 0


def test_both_the_lowered_level_and_the_removal_are_named(schemas: Path) -> None:
    document = document_of("transaction")
    without_level_and_field(document)
    rules = {each.finding.rule.id for each in findings(written(schemas, "transaction", document))}
    assert {"level-lowered", "default-missing"} <= rules


@pytest.mark.parametrize("level", ["BACKWARD", "FORWARD", "FULL", "FULL_TRANSITIVE"])
def test_a_default_may_be_added_under_any_level_and_removed_under_none_that_reads_back(
    level: str, schemas: Path
) -> None:
    versions = {}
    for name, default in (("without", {}), ("with", {"default": "till"})):
        document = document_of("transaction") | {"compatibility": level}
        named(document, "terminal_id").update(default)
        versions[name] = written(schemas, "transaction", document)
    for released, contract, rule in (
        ("without", "with", "contract-rewritten"),
        ("with", "without", "contract-rewritten" if level == "FORWARD" else "default-removed"),
    ):
        reported = compatibility.findings(versions[contract], [versions[released]])
        assert {each.finding.rule.id for each in reported} == {rule}


def named_again(schemas: Path, level: str, **changes: Any) -> set[tuple[str, str]]:
    """Return (rule, released version) of a field that version 1 has, version 2 lacks and 3 has."""
    folder = schemas / "released" / "stock_count"
    document = document_of("stock_count") | {"compatibility": level}
    note = {"name": "note", "type": ["null", "string"], "default": None, "maxLength": 40,
            "doc": "What the counter noticed."}  # fmt: skip
    for path in folder.glob("*.avsc"):
        path.unlink()
    fields = document["fields"]
    for number, extra in ((1, [note]), (2, [])):
        document["fields"] = [*fields, *extra]
        (folder / f"{number}.avsc").write_text(json.dumps(document), "utf-8")
    changed = {name: value for name, value in (note | changes).items() if value != "none"}
    document["fields"] = [*fields, changed]
    contract = written(schemas, "stock_count", document)
    return {
        (each.finding.rule.id, min(each.reader.stem, each.writer.stem))
        for each in compatibility.findings(
            contract, compatibility.released(contract, schemas / "released")
        )
        if each.finding.severity is not Severity.SAFE
    }


@pytest.mark.parametrize("level", ["BACKWARD", "FORWARD", "FULL", "FULL_TRANSITIVE"])
def test_a_field_that_comes_back_is_compared_with_the_version_that_had_it(
    level: str, schemas: Path
) -> None:
    assert named_again(schemas, level) == set()
    types = named_again(schemas, level, type=["null", "int"], maxLength="none")
    assert ("type-changed", "1") in types
    for changes, rule in (
        ({"doc": "The name of the counter."}, "meaning-changed"),
        ({"maxLength": 20}, "limit-tightened"),
        ({"maxLength": 80}, "limit-loosened"),
        ({"name": "remark", "aliases": ["note"], "maxLength": 20}, "limit-tightened"),
    ):
        assert (rule, "1") in named_again(schemas, level, **changes)


def test_a_raised_level_is_named_and_guards_the_same_edit(schemas: Path) -> None:
    document = document_of("transaction") | {"compatibility": "BACKWARD"}
    (schemas / "released" / "transaction" / "9.avsc").write_text(json.dumps(document), "utf-8")
    without_level_and_field(document)
    document["compatibility"] = "FULL"
    contract = written(schemas, "transaction", document)
    versions = compatibility.released(contract, schemas / "released")
    rules = {each.finding.rule.id for each in compatibility.findings(contract, versions)}
    assert {"level-raised", "default-missing"} <= rules


def test_a_deleted_contract_is_named(schemas: Path) -> None:
    (schemas / "adjustment.avsc").unlink()
    result = check(schemas)
    assert result.exit_code == 1
    for words in ("contract-withdrawn", "adjustment.avsc is missing", "the topic adjustments"):
        assert words in result.stdout


def test_a_number_that_no_contract_may_have_is_recommended_by_no_rule(schemas: Path) -> None:
    path = schemas / "transaction.avsc"
    document = document_of("transaction")
    named(document, "line_no")["type"] = "double"
    path.write_text(json.dumps(document), "utf-8")
    result = check(schemas)
    assert result.exit_code == 2
    assert "field line_no: type" in result.stderr
    for rule in RULES.values():
        for word in ("float", "double", "array"):
            assert word not in rule.remedy, rule.id


@pytest.mark.parametrize("rule", CONTRACT)
def test_a_rule_of_promises_reports_its_example(rule: str) -> None:
    assert contract_finding_of(rule).rule is CONTRACT[rule]


def test_a_rule_names_those_who_are_hurt_unless_it_is_safe() -> None:
    for rule in (RULES | STATEMENTS).values():
        assert bool(rule.hurts) == (rule.severity is not Severity.SAFE), rule.id


def test_words_of_a_schema_rule_fit_a_released_reader_and_a_new_one() -> None:
    """Each is reported in both directions: under FORWARD, the reader is the released version."""
    for rule in SCHEMA_RULES.values():
        if rule.severity is not Severity.SAFE:
            for word in ("the new contract", "older", "in the reader,", "writer's field"):
                assert word not in rule.effect + rule.remedy, rule.id


def test_every_rule_of_promises_has_an_example() -> None:
    assert EXAMPLES.keys() == CONTRACT.keys()


def test_a_contract_of_thousands_of_fields_is_checked_in_seconds(schemas: Path) -> None:
    document = document_of("store")
    more = {"type": ["null", "string"], "default": None, "doc": "A word.", "pattern": "a|b"}
    document["fields"] += [{"name": f"f{number}", **more} for number in range(2000)]
    (schemas / "store.avsc").write_text(json.dumps(document), "utf-8")
    started = time.process_time()
    assert check(schemas).exit_code == 0
    assert time.process_time() - started < 3


def test_all_contracts_are_compared_within_half_a_second() -> None:
    started = time.process_time()
    for contract in load_all():
        compatibility.findings(contract, compatibility.released(contract))
    assert time.process_time() - started < 0.5
