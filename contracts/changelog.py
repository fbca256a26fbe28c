"""The change log of the released contracts, schemas/released/CHANGELOG.md: newest first.

Entries are only ever added, on top. What is released and not in it, as after an interruption or
before there was a log, is added by the next release, without a date.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from connect.atomic_write import write_atomically
from contracts import compatibility, markdown
from contracts.compatibility import check
from contracts.compatibility.finding import Finding, Severity
from contracts.contract import Contract

HEAD = """\
# Released contracts

What each released version changed, newest first; `python -m contracts release` adds to it.
"""
TITLE = re.compile(r"^## (?P<stem>\S+) (?P<number>\d+)(?: \(.*\))?$", re.MULTILINE)
SAME = "Readers and writers see no difference."


def path(folder: Path) -> Path:
    return folder / "CHANGELOG.md"


def update(
    contracts: Iterable[Contract], folder: Path, added: Iterable[Contract], today: date
) -> None:
    """Add every version of some contracts that is released and has no entry.

    today: the date of the versions that were added by this run.
    """
    file, dates = path(folder), dict.fromkeys((version.path for version in added), today)
    before = file.read_text("utf-8") if file.exists() else HEAD
    there = {(found["stem"], int(found["number"])) for found in TITLE.finditer(before)}
    missing = []
    for contract in contracts:
        versions = compatibility.released(contract, folder)
        for version, older in zip(versions, [None, *versions], strict=False):
            if (contract.stem, number(version)) not in there:
                entry = "\n".join(_entry(contract.stem, version, older, dates.get(version.path)))
                missing.append((version.path in dates, number(version), entry))
    if missing:
        # Those of this run first, then the later version before the earlier.
        missing.sort(key=lambda each: each[:2], reverse=True)
        entries = "".join(f"\n{entry}\n" for *_, entry in missing)
        first = TITLE.search(before)
        end = first.start() - 1 if first else len(before)
        write_atomically(file, (before[:end] + entries + before[end:]).encode())


def number(version: Contract) -> int:
    """Which version a released contract is, by its file."""
    return int(version.path.stem)


def _entry(stem: str, version: Contract, older: Contract | None, day: date | None) -> Iterator[str]:
    yield f"## {stem} {number(version)}{f' ({day})' if day else ''}"
    yield ""
    if older is None:
        yield f"First version: {version.name} in the topic `{version.topic.name}`."
    else:
        yield from list(_changes(version, older)) or [SAME]


def _changes(version: Contract, older: Contract) -> Iterator[str]:
    """What differs, by place: each severity and rule, and who reads whose records by it."""
    read = f"{number(version)} reads {number(older)}"
    yield from _lines("key", read, check.key_findings(version.key_schema, older.key_schema))
    ours = check.value_findings(version.schema, older.schema, version.flink)
    yield from _lines("value", read, ours)
    theirs = check.value_findings(older.schema, version.schema, version.flink)
    harmful = [finding for finding in theirs if finding.severity is not Severity.SAFE]
    yield from _lines("value", f"{number(older)} reads {number(version)}", harmful)


def _lines(part: str, read: str, findings: list[Finding]) -> Iterator[str]:
    for found in findings:
        place = found.field or f"the {part}"
        what = markdown.text(found.what)
        yield f"- {markdown.code(place)}: {found.severity} `{found.rule.id}`, {read}: {what}."
