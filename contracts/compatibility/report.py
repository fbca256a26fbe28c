"""Findings as people, programs and GitHub read them."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.released import ContractFinding
from contracts.contract import SCHEMAS
from contracts.errors import InvalidContractError, label
from contracts.source_location import line_of

Report = Callable[[list[ContractFinding]], Iterator[str]]


def sentences(finding: Finding, example: str | None) -> Iterator[str]:
    """One finding as lines of text, the first saying what, the others who suffers and the cure."""
    yield f"{finding.severity} {finding.rule.id} at {finding.path}: {finding.what}"
    yield f"    effect:  {finding.rule.effect}"
    if finding.rule.remedy:
        yield f"    remedy:  {finding.rule.remedy}"
    if example:
        yield f"    example: {example}"


def text(findings: list[ContractFinding]) -> Iterator[str]:
    for found in findings:
        first, *others = sentences(found.finding, found.example)
        yield f"{_place(found.contract.path)}:{_line(found)}: {found.part}: {first}"
        yield f"    where:   {label(found.reader)} reads what {label(found.writer)} wrote"
        yield from others


def as_json(findings: list[ContractFinding]) -> Iterator[str]:
    """One document: a list of objects."""
    yield json.dumps(
        [
            {
                "file": _place(found.contract.path),
                "line": _line(found),
                "part": found.part,
                "path": found.finding.path,
                "field": found.finding.field,
                "rule": found.finding.rule.id,
                "severity": found.finding.severity,
                "what": found.finding.what,
                "reader": label(found.reader),
                "writer": label(found.writer),
                "effect": found.finding.rule.effect,
                "remedy": found.finding.rule.remedy,
                "example": found.example,
            }
            for found in findings
        ],
        ensure_ascii=False,
        indent=2,
    )


def github(findings: list[ContractFinding]) -> Iterator[str]:
    """GitHub's workflow commands: an annotation at the field's line for each finding."""
    for found in findings:
        rule = found.finding.rule
        level = "notice" if rule.severity is Severity.SAFE else "error"
        where = f"{label(found.reader)} reads what {label(found.writer)} wrote"
        said = f"{found.finding.what} ({where}). {rule.effect} {rule.remedy}"
        yield _command(level, found.contract.path, _line(found), rule.id, said)


def github_unfit(error: InvalidContractError) -> str:
    """The annotation of a contract that cannot be judged."""
    return _command("error", error.path, error.line, "unfit-contract", error.message)


REPORTS: dict[str, Report] = {"text": text, "json": as_json, "github": github}


def counted(findings: Iterable[Finding]) -> str:
    """How many findings there are of each severity, such as "1 breaking, 2 safe"."""
    found = [finding.severity for finding in findings]
    counts = [f"{found.count(severity)} {severity}" for severity in Severity if severity in found]
    return ", ".join(counts) or "no difference"


def _command(level: str, path: Path, line: int, title: str, message: str) -> str:
    place = _place(path).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    said = message.strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={place},line={line},title={title}::{said}"


def _place(path: Path) -> str:
    """A file's path as seen from the project's root."""
    root = SCHEMAS.parent
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _line(found: ContractFinding) -> int:
    attribute = "topic" if found.part == "key" else "name"
    field = None if found.part == "key" else found.finding.field
    return line_of(_source(found.contract.path), attribute, field)


@cache
def _source(path: Path) -> str:
    return path.read_text("utf-8")
