"""The Avro rules agree with the published cases of the tests of Avro and Karapace."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from contracts.compatibility.schema_check import avro_findings, is_safe, value_findings

CASES = Path(__file__).with_name("avro_compat_cases.json")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(CASES.read_text("utf-8"))
    return read


def verdict(reader: Any, writer: Any) -> str:
    return "incompatible" if avro_findings(json.dumps(reader), json.dumps(writer)) else "compatible"


def test_every_pair_is_answered_as_all_agree_or_as_a_careful_tool_does(
    document: dict[str, Any],
) -> None:
    seen: Counter[str] = Counter()
    wrong = []
    for case in document["cases"]:
        seen[case["class"]] += 1
        if verdict(case["reader"], case["writer"]) not in case.get("careful", [case["expect"]]):
            wrong.append(case)
    assert wrong == []
    assert seen == {"core": 663, "contested": 18}


def test_every_history_is_answered_as_the_source_does(document: dict[str, Any]) -> None:
    assert len(document["chains"]) == 20
    for chain in document["chains"]:
        mode, _, transitive = chain["mode"].partition("_")
        history = chain["history"] if transitive else chain["history"][-1:]
        verdicts = set()
        for version in history:
            if mode in ("BACKWARD", "FULL"):
                verdicts.add(verdict(chain["candidate"], version))
            if mode in ("FORWARD", "FULL"):
                verdicts.add(verdict(version, chain["candidate"]))
        expected = "incompatible" if "incompatible" in verdicts else "compatible"
        assert expected == chain["expect"], chain["name"]


def test_what_avro_reads_with_loss_the_pipeline_does_not_call_safe(
    document: dict[str, Any],
) -> None:
    lossy = [case for case in document["cases"] if case.get("lossy")]
    assert len(lossy) == 71
    for case in lossy:
        assert not is_safe(value_findings(json.dumps(case["reader"]), json.dumps(case["writer"])))
