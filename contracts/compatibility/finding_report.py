"""Reports of findings: text, JSON and GitHub annotations."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.released_versions import ContractFinding
from contracts.contract_file import SCHEMAS
from contracts.errors import InvalidContractError, label
from contracts.source_location import line_of

Report = Callable[[list[ContractFinding]], Iterator[str]]


def lines(finding: Finding, example: str | None) -> Iterator[str]:
    """Yield a finding as text: the difference, then effect, remedy and example."""
    yield f"{finding.severity} {finding.rule.id} at {finding.path}: {finding.what}"
    yield f"    effect:  {finding.rule.effect}"
    if finding.rule.remedy:
        yield f"    remedy:  {finding.rule.remedy}"
    if example:
        yield f"    example: {example}"


def text(findings: list[ContractFinding]) -> Iterator[str]:
    """Yield the findings as lines, each with its file and line number."""
    for each in findings:
        first, *others = lines(each.finding, each.example)
        yield f"{_relative(each.contract.path)}:{_line(each)}: {each.part}: {first}"
        yield f"    where:   {_direction(each)}"
        yield from others


def as_json(findings: list[ContractFinding]) -> Iterator[str]:
    """Yield one JSON document: a list of objects."""
    yield json.dumps(
        [
            {
                "file": _relative(each.contract.path),
                "line": _line(each),
                "part": each.part,
                "path": each.finding.path,
                "field": each.finding.field,
                "rule": each.finding.rule.id,
                "severity": each.finding.severity,
                "what": each.finding.what,
                "reader": label(each.reader),
                "writer": label(each.writer),
                "effect": each.finding.rule.effect,
                "remedy": each.finding.rule.remedy,
                "example": each.example,
            }
            for each in findings
        ],
        ensure_ascii=False,
        indent=2,
    )


def github(findings: list[ContractFinding]) -> Iterator[str]:
    """Yield GitHub workflow commands: an annotation at the field's line for each finding."""
    for each in findings:
        rule = each.finding.rule
        level = "notice" if rule.severity is Severity.SAFE else "error"
        message = f"{each.finding.what} ({_direction(each)}). {rule.effect} {rule.remedy}"
        yield _command(level, each.contract.path, _line(each), rule.id, message)


def github_invalid(error: InvalidContractError) -> str:
    """Return the annotation of an invalid contract."""
    return _command("error", error.path, error.line, "invalid-contract", error.message)


REPORTS: dict[str, Report] = {"text": text, "json": as_json, "github": github}


def counts(findings: Iterable[Finding]) -> str:
    """Return the number of findings of each severity, such as "1 breaking, 2 safe"."""
    severities = Counter(finding.severity for finding in findings)
    present = [f"{severities[each]} {each}" for each in Severity if each in severities]
    return ", ".join(present) or "no difference"


def _command(level: str, path: Path, line: int, title: str, message: str) -> str:
    file = _relative(path).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    escaped = message.strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={file},line={line},title={title}::{escaped}"


def _relative(path: Path) -> str:
    """Return a path relative to the project's root, if it is below it."""
    root = SCHEMAS.parent
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _direction(finding: ContractFinding) -> str:
    return f"{label(finding.reader)} reads records of {label(finding.writer)}"


def _line(finding: ContractFinding) -> int:
    attribute = "topic" if finding.part == "key" else "name"
    field = None if finding.part == "key" else finding.finding.field
    return line_of(_source(finding.contract.path), attribute, field)


@cache
def _source(path: Path) -> str:
    return path.read_text("utf-8")
