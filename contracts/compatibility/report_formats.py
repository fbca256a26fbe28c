"""The formats of a report of findings: text, and those that CI systems show.

    json     a list of objects, one a finding
    github   workflow commands: an annotation at the line of each finding
    gitlab   a Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/)
    junit    a test case for each finding, and for each contract without a harmful one
    sarif    SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning

The line number is no part of an identity: a finding stays the same when its line moves.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from connect.safe_text import for_terminal
from contracts.compatibility.finding import Rule, Severity
from contracts.compatibility.report_entry import Entry

Report = Callable[[list[Entry], list[str]], Iterator[str]]
"""Renders (findings, names of all that was judged) as lines."""
GITHUB_LEVELS = {Severity.BREAKING: "error", Severity.DANGEROUS: "error", Severity.SAFE: "notice"}
GITLAB_LEVELS = {Severity.BREAKING: "critical", Severity.DANGEROUS: "major", Severity.SAFE: "info"}
SARIF_LEVELS = {Severity.BREAKING: "error", Severity.DANGEROUS: "error", Severity.SAFE: "note"}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def text(entries: list[Entry], _: list[str]) -> Iterator[str]:
    """Yield the findings as lines, each with file and line number, effect, remedy and example.

    A file that cannot be judged is an error of its own on standard error.
    """
    for each in entries:
        if each.rule.id != "invalid-contract":
            yield _line(f"{each.relative}:{each.line}: {each.part}: {_headline(each)}")
            yield from (_line(f"    {name + ':':8} {words}") for name, words in _details(each))


def as_json(entries: list[Entry], _: list[str]) -> Iterator[str]:
    """Yield one JSON document: a list of objects."""
    yield _json(
        [
            {
                "file": each.relative,
                "line": each.line,
                "part": each.part,
                "path": each.path,
                "field": each.field,
                "rule": each.rule.id,
                "severity": each.rule.severity,
                "what": each.what,
                "reader": each.reader,
                "writer": each.writer,
                "effect": each.rule.effect,
                "remedy": each.remedy,
                "hurts": list(each.rule.hurts),
                "example": each.example,
                "readers": list(each.readers),
                "waiver": each.waiver
                and {"reason": each.waiver.reason, "expires": each.waiver.expires.isoformat()},
            }
            for each in entries
        ]
    )


def github(entries: list[Entry], _: list[str]) -> Iterator[str]:
    """Yield GitHub workflow commands."""
    for each in entries:
        level = "notice" if each.waiver else GITHUB_LEVELS[each.rule.severity]
        file = _command(each.relative).replace(":", "%3A").replace(",", "%2C")
        message = _command(_message(each))
        yield f"::{level} file={file},line={each.line},title={each.rule.id}::{message}"


def gitlab(entries: list[Entry], _: list[str]) -> Iterator[str]:
    """Yield a Code Quality report, one JSON document."""
    yield _json(
        [
            {
                "description": _message(each),
                "check_name": each.rule.id,
                "fingerprint": _fingerprint(each),
                "severity": "info" if each.waiver else GITLAB_LEVELS[each.rule.severity],
                "location": {"path": each.relative, "lines": {"begin": each.line}},
            }
            for each in entries
        ]
    )


def junit(entries: list[Entry], judged: list[str]) -> Iterator[str]:
    """Yield a JUnit report, one XML document."""
    waived = [each for each in entries if each.waiver]
    harmful = [each for each in entries if each.harmful]
    sound = [name for name in judged if name not in {each.contract for each in harmful}]
    counted = {
        "name": "contracts",
        "tests": str(len(sound) + len(harmful) + len(waived)),
        "failures": str(len(harmful)),
        "errors": "0",
        "skipped": str(len(waived)),
    }
    suites = ElementTree.Element("testsuites", counted)
    suite = ElementTree.SubElement(suites, "testsuite", counted)
    for name in sound:
        ElementTree.SubElement(suite, "testcase", classname=name, name=name)
    for each in (*harmful, *waived):
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=each.contract,
            name=f"{each.rule.id} at {each.path}: {each.where}".removesuffix(": "),
            file=each.relative,
            line=str(each.line),
        )
        if each.waiver:
            ElementTree.SubElement(case, "skipped", message=_waived(each))
        else:
            failure = ElementTree.SubElement(
                case, "failure", type=each.rule.id, message=_headline(each)
            )
            failure.text = "\n".join(text([each], [])) or each.what
    for element in suites.iter():
        element.text = for_terminal(element.text or "")
        element.attrib.update({name: for_terminal(words) for name, words in element.items()})
    yield ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def sarif(entries: list[Entry], _: list[str]) -> Iterator[str]:
    """Yield a SARIF log, one JSON document."""
    rules = list({each.rule.id: each.rule for each in entries}.values())
    yield _json(
        {
            "$schema": SARIF_SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "contracts",
                            "rules": [_sarif_rule(each) for each in rules],
                        }
                    },
                    "results": [_sarif_result(each, rules.index(each.rule)) for each in entries],
                }
            ],
        }
    )


REPORTS: dict[str, Report] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
}
SHOWN = 12
"""Number of readers that a text names."""
LINES = ("text", "github")
"""Formats of lines, which further lines may follow; the others are one document."""


def counts(entries: Iterable[Entry]) -> str:
    """Return the number of findings of each severity, such as "1 breaking, 2 safe, 1 waived"."""
    numbers = Counter("waived" if each.waiver else str(each.rule.severity) for each in entries)
    names = (*Severity, "waived")
    return (
        ", ".join(f"{numbers[name]} {name}" for name in names if numbers[name]) or "no difference"
    )


def _line(words: str) -> str:
    return for_terminal(words).replace("\n", "\\n")


def _command(words: str) -> str:
    """Escape text for a workflow command, which ends with its line."""
    return for_terminal(words).replace("%", "%25").replace("\n", "%0A")


def _headline(each: Entry) -> str:
    return f"{each.rule.severity} {each.rule.id} at {each.path}: {each.what}"


def _details(each: Entry) -> Iterator[tuple[str, str]]:
    named = {
        "where": each.where,
        "effect": each.rule.effect,
        "remedy": each.remedy,
        "hurts": ", ".join(each.rule.hurts),
        "example": each.example,
        "readers": _first(each.readers),
        "waived": _waived(each) if each.waiver else None,
    }
    yield from ((name, words) for name, words in named.items() if words)


def _message(each: Entry) -> str:
    """Return a finding on one line."""
    where = f" ({each.where})" if each.where else ""
    sentences = f"{each.what}{where}. {each.rule.effect} {each.remedy}".strip()
    if each.readers:
        sentences = f"{sentences} Readers: {_first(each.readers)}."
    return f"Waived {_waived(each)} {sentences}" if each.waiver else sentences


def _first(readers: tuple[str, ...]) -> str:
    """Return the first readers, and the number of the rest."""
    shown, rest = readers[:SHOWN], len(readers) - SHOWN
    more = [f"{rest} more (python -m contracts impact lists them)"] if rest > 0 else []
    return "; ".join([*shown, *more])


def _waived(each: Entry) -> str:
    return f"until {each.waiver.expires}: {each.waiver.reason}" if each.waiver else ""


def _fingerprint(each: Entry) -> str:
    identity = (each.relative, each.part, each.path, each.rule.id, each.where, each.what)
    return sha256(json.dumps(identity).encode()).hexdigest()


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.compares},
        "fullDescription": {"text": rule.effect},
        "help": {"text": rule.remedy or rule.effect},
        "defaultConfiguration": {"level": SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(each: Entry, index: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(each.relative)}, "region": {"startLine": each.line}}
    suppression = {"kind": "external", "status": "accepted", "justification": _waived(each)}
    return {
        "ruleId": each.rule.id,
        "ruleIndex": index,
        "level": SARIF_LEVELS[each.rule.severity],
        "message": {"text": _message(each)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"contractFinding/v1": _fingerprint(each)},
        "suppressions": [suppression] if each.waiver else [],
    }


def _json(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # Half of a surrogate pair has no UTF-8; its escape in Python is JSON's, too.
    return text.encode("utf-8", "backslashreplace").decode()
