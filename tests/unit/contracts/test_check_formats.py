"""Each format has the fields that its readers require, for `check` and for `compat`."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS

Run = Callable[[str], Result]
TEXT = {"type": "string", "minLength": 1}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LINE = {"type": "integer", "minimum": 1}
GITLAB = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {"required": ["begin"], "properties": {"begin": LINE}},
                },
            },
        },
    },
}
"""Required fields and values, from GitLab's page on the Code Quality report format."""
SARIF = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "$schema": {"type": "string", "pattern": "sarif-2.1.0.json$"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "rules"],
                                "properties": {
                                    "name": TEXT,
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": [
                                                "id", "shortDescription", "fullDescription", "help",
                                            ],
                                            "properties": {
                                                "id": TEXT,
                                                "shortDescription": MESSAGE,
                                                "fullDescription": MESSAGE,
                                                "help": MESSAGE,
                                                "defaultConfiguration": {
                                                    "properties": {"level": LEVEL}
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "required": [
                                "ruleId", "message", "level", "locations", "partialFingerprints",
                            ],
                            "properties": {
                                "ruleId": TEXT,
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": MESSAGE,
                                "partialFingerprints": {"additionalProperties": TEXT},
                                "suppressions": {
                                    "items": {
                                        "required": ["kind"],
                                        "properties": {
                                            "kind": {"enum": ["inSource", "external"]},
                                            "status": {
                                                "enum": ["accepted", "underReview", "rejected"]
                                            },
                                            "justification": TEXT,
                                        },
                                    }
                                },
                                "locations": {
                                    "minItems": 1,
                                    "items": {
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "required": ["uri"],
                                                        "properties": {
                                                            "uri": {
                                                                "type": "string",
                                                                "pattern": "^[^/ ][^ ]*$",
                                                            }
                                                        },
                                                    },
                                                    "region": {
                                                        "required": ["startLine"],
                                                        "properties": {"startLine": LINE},
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip
"""Required fields and values of SARIF 2.1.0 (OASIS), and those of GitHub's code scanning."""


@pytest.fixture(params=["check", "compat"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command with a harmful and a safe finding, in a working folder whose name has a blank."""
    folder = tmp_path / "my work"
    shutil.copytree(SCHEMAS / "released" / "transaction", folder / "cash desk/released/transaction")
    path = folder / "cash desk" / "transaction.avsc"
    text = (SCHEMAS / "transaction.avsc").read_text("utf-8").replace('"scale": 2', '"scale": 4')
    document = json.loads(text)
    document["fields"].append(
        {"name": "basket", "type": ["null", "int"], "default": None, "doc": "It & <more>."}
    )
    path.write_text(json.dumps(document, indent=1), "utf-8")
    monkeypatch.chdir(folder)
    arguments = {
        "check": ["check", "--schemas", "cash desk"],
        "compat": ["compat", "--pipeline", "--reader", "cash desk/transaction.avsc", "--writer",
                   "cash desk/released/transaction/1.avsc"],
    }[request.param]  # fmt: skip
    return lambda form: CliRunner().invoke(main, [*arguments, "--format", form])


def waive(folder: Path = Path("cash desk")) -> None:
    rules = [(each["rule"], each["field"]) for each in harmful(document_of(folder))]
    (folder / "waivers.toml").write_text(
        "".join(
            f'[[waiver]]\nrule = "{rule}"\ncontract = "transaction"\nfield = "{field}"\n'
            'reason = "Agreed <with> all & sundry."\nexpires = 9999-12-31\n'
            for rule, field in rules
        )
    )


def document_of(folder: Path) -> list[dict[str, Any]]:
    arguments = ["check", "--schemas", str(folder), "--format", "json"]
    document: list[dict[str, Any]] = json.loads(CliRunner().invoke(main, arguments).stdout)
    return document


def harmful(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in findings if each["severity"] != "safe"]


def test_json_has_every_finding(run: Run) -> None:
    result = run("json")
    assert result.exit_code == 1
    findings = json.loads(result.stdout)
    assert {"decimal-scale", "field-defaulted"} <= {each["rule"] for each in findings}
    for each in findings:
        assert Path(each["file"]) == Path("cash desk/transaction.avsc")
        assert each["line"] > 1
        assert each["waiver"] is None
    assert all(each["example"] for each in findings if each["rule"] == "decimal-scale")


def test_text_and_github_have_a_line_for_every_finding(run: Run) -> None:
    findings = json.loads(run("json").stdout)
    for form, start in (("text", "cash desk/transaction.avsc:"), ("github", "::")):
        lines = [line for line in run(form).stdout.splitlines() if line.startswith(start)]
        assert len(lines) == len(findings)
    annotations = run("github").stdout
    assert "::error file=cash desk/transaction.avsc,line=" in annotations
    assert "::notice file=cash desk/transaction.avsc,line=" in annotations


def test_gitlab_gets_a_code_quality_report(run: Run) -> None:
    result = run("gitlab")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    jsonschema.validate(report, GITLAB)
    assert len({each["fingerprint"] for each in report}) == len(report)
    assert {each["severity"] for each in report} >= {"critical", "info"}
    assert report == json.loads(run("gitlab").stdout)


def test_a_fingerprint_stays_when_its_line_moves(run: Run) -> None:
    before = json.loads(run("gitlab").stdout)
    path = Path("cash desk/transaction.avsc")
    path.write_text("\n\n" + path.read_text("utf-8"), "utf-8")
    after = json.loads(run("gitlab").stdout)
    assert [each["fingerprint"] for each in after] == [each["fingerprint"] for each in before]
    assert [each["location"]["lines"]["begin"] - 2 for each in after] == [
        each["location"]["lines"]["begin"] for each in before
    ]


def test_sarif_has_what_code_scanning_requires(run: Run) -> None:
    result = run("sarif")
    assert result.exit_code == 1
    log = json.loads(result.stdout)
    jsonschema.validate(log, SARIF)
    (sarif_run,) = log["runs"]
    rules = [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]]
    for each in sarif_run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"]
        place = each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert place == "cash%20desk/transaction.avsc"
        assert each["suppressions"] == []
    assert {each["level"] for each in sarif_run["results"]} == {"error", "note"}


def test_junit_has_a_failed_case_for_each_harmful_finding(run: Run) -> None:
    result = run("junit")
    assert result.exit_code == 1
    suites = ElementTree.fromstring(result.stdout)
    assert suites.tag == "testsuites"
    (suite,) = suites
    cases = suite.findall("testcase")
    findings = harmful(json.loads(run("json").stdout))
    for counted in (suites, suite):
        assert counted.attrib["name"]
        assert int(counted.attrib["tests"]) == len(cases)
        assert int(counted.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(counted.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 0
    assert len(suite.findall("testcase/failure")) == len(findings)
    assert len({tuple(sorted(case.attrib.items())) for case in cases}) == len(cases)
    for case in cases:
        assert case.attrib["name"]
        assert case.attrib["classname"]
    failure = suite.find("testcase/failure[@type='decimal-scale']")
    assert failure is not None
    assert "remedy:" in (failure.text or "")


def test_junit_counts_a_contract_without_findings_as_passed(tmp_path: Path) -> None:
    shutil.copytree(SCHEMAS / "released" / "shipment", tmp_path / "released" / "shipment")
    shutil.copy(SCHEMAS / "shipment.avsc", tmp_path)
    arguments = ["check", "--schemas", str(tmp_path), "--format", "junit"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    (case,) = ElementTree.fromstring(result.stdout).findall("testsuite/testcase")
    assert (case.attrib["name"], list(case)) == ("shipment", [])


@pytest.mark.parametrize("run", ["check"], indirect=True)
def test_each_format_shows_a_waived_finding_as_accepted(run: Run) -> None:
    waive()
    for form in ("text", "json", "junit", "github", "gitlab", "sarif"):
        assert run(form).exit_code == 0
    assert "::error" not in run("github").stdout
    assert {each["severity"] for each in json.loads(run("gitlab").stdout)} == {"info"}
    results = json.loads(run("sarif").stdout)["runs"][0]["results"]
    reasons = {each["justification"] for result in results for each in result["suppressions"]}
    assert reasons == {"until 9999-12-31: Agreed <with> all & sundry."}
    suite = ElementTree.fromstring(run("junit").stdout)[0]
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) > 0
    assert int(suite.attrib["failures"]) == 0


@pytest.mark.parametrize("run", ["check"], indirect=True)
@pytest.mark.parametrize("form", ["json", "junit", "gitlab", "sarif", "github"])
def test_an_invalid_contract_is_in_every_format(run: Run, form: str) -> None:
    Path("cash desk/other.avsc").write_text('{"type": "record", "name": "\x01"}', "utf-8")
    result = run(form)
    assert result.exit_code == 2
    assert "invalid-contract" in result.stdout
    assert "decimal-scale" in result.stdout
    if form == "junit":
        ElementTree.fromstring(result.stdout)
