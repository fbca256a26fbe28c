"""No edit of an attribute of a contract is silent: it is refused, or a finding names its place."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contracts import changelog, compatibility, release
from contracts.__main__ import main
from contracts.compatibility.released_versions import ContractFinding
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load, load_all
from contracts.errors import InvalidContractError
from tests.support.contract_sandbox import ContractSandbox

Document = dict[str, Any]


def document_of(stem: str) -> Document:
    document: Document = json.loads((SCHEMAS / f"{stem}.avsc").read_text("utf-8"))
    return document


def written(folder: Path, stem: str, document: Document) -> Contract:
    path = folder / f"{stem}.avsc"
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return load(path)


def findings(contract: Contract) -> list[ContractFinding]:
    return compatibility.findings(contract, compatibility.released(contract))


Edit = tuple[str, str, Document]
"""(place, attribute, edited contract)."""


def edits(document: Document) -> Iterator[Edit]:
    """Yield the contract with each attribute removed, misspelt, and changed in every direction."""
    holders: list[tuple[str, list[Any]]] = [("", []), ("topic", ["topic"])]
    holders.append(("topic.config", ["topic", "config"]))
    for number, field in enumerate(document["fields"]):
        holders.append((field["name"], ["fields", number]))
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        for branch, kind in enumerate(kinds):
            if isinstance(kind, dict):
                inner = [branch] if isinstance(field["type"], list) else []
                holders.append((field["name"], ["fields", number, "type", *inner]))
    for place, steps in holders:
        for word, value in at(document, steps).items():
            changes = [{}, {word[:-1]: value}, *({word: each} for each in others(word, value))]
            for changed in changes:
                edited = json.loads(json.dumps(document))
                target = at(edited, steps)
                del target[word]
                target.update(changed)
                if edited != document:
                    yield place, word, edited


def at(document: Any, steps: list[Any]) -> Any:
    for step in steps:
        document = document[step]
    return document


def others(word: str, value: Any) -> Iterator[Any]:
    """Yield further values of an attribute, on either side of it."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif word == "pattern":
        yield from (f"{value}|other_9", value[: value.rindex("|")] if "|" in value else f"{value}a")
    elif isinstance(value, str):
        yield from (f"{value}x", value[1:])
    elif isinstance(value, list) and word != "fields":
        yield from (value[::-1], value[1:])
    elif word == "fields":
        yield from (value[::-1], value[1:], value[:-1])


@pytest.mark.parametrize("stem", [contract.stem for contract in load_all()])
def test_no_edit_of_any_attribute_is_silent(stem: str, tmp_path: Path) -> None:
    document = document_of(stem)
    names = {field["name"] for field in document["fields"]}
    tried, refused = 0, []
    for place, word, edited in edits(document):
        tried += 1
        try:
            reported = findings(written(tmp_path, stem, edited))
        except InvalidContractError as error:
            refused.append((place, word, str(error)))
            continue
        assert reported, (place, word)
        if place in names:
            assert place in {each.finding.field for each in reported}, (place, word, reported)
    for place, word, message in refused:
        assert word in message or place in message, (place, word, message)
    assert tried >= 60


TIGHTER = {"minimum": 1, "maximum": -1, "minLength": 1, "maxLength": -1}
LIMITS = [
    (contract.stem, field.name, word)
    for contract in load_all()
    for field in contract.fields
    for word in field.constraints
    if word in TIGHTER and field.default is None
]


@pytest.mark.parametrize(("stem", "name", "word"), LIMITS, ids=str)
def test_a_limit_one_step_tighter_breaks_and_one_step_looser_endangers(
    stem: str, name: str, word: str, tmp_path: Path
) -> None:
    for sign, rule in ((1, "limit-tightened"), (-1, "limit-loosened")):
        document = document_of(stem)
        field = next(each for each in document["fields"] if each["name"] == name)
        field[word] += sign * TIGHTER[word]
        assert [
            (each.finding.rule.id, each.finding.field)
            for each in findings(written(tmp_path, stem, document))
        ] == [(rule, name)]


CHANGES: dict[str, Document] = {
    "owner-changed": {"owner": "finance"},
    "level-lowered": {"compatibility": "FULL"},
    "event-time-changed": {"event_time": "recorded_at"},
    "meaning-changed": {"doc": "A line of a receipt, in another currency."},
    "job-role-changed": {"flink": "sink"},
}


@pytest.mark.parametrize("rule", CHANGES)
def test_a_change_beyond_the_schema_is_a_version_with_its_line(rule: str, tmp_path: Path) -> None:
    one = ContractSandbox(tmp_path)
    one.release()
    one.edit(lambda document: document.update(CHANGES[rule]))
    contracts = load_all(tmp_path)
    assert release.release(contracts, tmp_path / "released") == ["transaction version 2"]
    assert release.release(contracts, tmp_path / "released") == []
    newest = changelog.path(tmp_path / "released").read_text("utf-8").split("## ")[1]
    assert f"`{next(iter(CHANGES[rule]))}`: " in newest
    assert f" `{rule}`, 1 to 2: " in newest


def test_a_changed_limit_and_topic_are_a_version_with_a_line_each(tmp_path: Path) -> None:
    one = ContractSandbox(tmp_path)
    one.release()

    def change(document: Document) -> None:
        document["topic"] |= {"name": "sales", "partitions": 8}
        document["topic"]["config"]["retention.ms"] = "1000"
        document["fields"][2]["minimum"] = 2

    one.edit(change)
    release.release(load_all(tmp_path), tmp_path / "released")
    newest = changelog.path(tmp_path / "released").read_text("utf-8").split("## ")[1]
    for line in (
        "- `topic.name`: breaking `topic-renamed`, 1 to 2: transactions became sales.",
        "- `topic.partitions`: breaking `partitions-changed`, 1 to 2: 4 became 8.",
        "- `topic.config.retention.ms`: breaking `retention-shortened`, 1 to 2: ",
        "- `line_no`: breaking `limit-tightened`, 1 to 2: minimum 1 became 2.",
    ):
        assert line in newest


def test_another_meaning_is_shown_and_passes_when_a_person_waives_it(tmp_path: Path) -> None:
    one = ContractSandbox(tmp_path)
    one.release()
    doc = document_of("transaction")["fields"][6]["doc"]
    assert doc.startswith("Units sold (+) or returned (-);")
    turned = doc.replace("sold (+) or returned (-);", "sold (-) or returned (+);")
    one.edit(lambda document: document["fields"][6].update(doc=turned))
    arguments = ["check", "--schemas", str(tmp_path)]
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 1
    change = '"Units sold (+) or returned (-); 0 for ..." became "Units sold (-) or returned (+); '
    assert change in refused.output
    (tmp_path / "waivers.toml").write_text(
        '[[waiver]]\nrule = "meaning-changed"\ncontract = "transaction"\nfield = "quantity"\n'
        'reason = "The text had the signs the wrong way round."\nexpires = 9999-12-31\n'
    )
    accepted = CliRunner().invoke(main, arguments)
    assert accepted.exit_code == 0, accepted.output
    assert "the wrong way round" in accepted.output
