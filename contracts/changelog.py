"""The change log of the released contracts, schemas/released/CHANGELOG.md, newest first.

Entries are only added, at the top. A released version without an entry, as after an
interruption, is added by the next release, without a date.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from connect.atomic_write import write_atomically
from contracts import compatibility, markdown
from contracts.compatibility import contract_rules, schema_check
from contracts.compatibility.finding import Finding, Severity
from contracts.contract import Contract
from contracts.text_file import document_text

HEAD = """\
# Released contracts

What each released version changed, newest first; `python -m contracts release` adds to it.
"""
TITLE = re.compile(r"^## (?P<stem>\S+) (?P<number>\d+)(?: \(.*\))?$", re.MULTILINE)
SAME = "Readers and writers see no difference."


def path(folder: Path) -> Path:
    """Return the change log of a folder of released contracts."""
    return folder / "CHANGELOG.md"


def text(folder: Path) -> str:
    """Return the text of a folder's change log. Raises InvalidContractError if it is no text."""
    file = path(folder)
    return document_text(file, "text") if file.exists() else HEAD


def update(
    contracts: Iterable[Contract], folder: Path, added: Iterable[Contract], today: date
) -> None:
    """Add an entry for every released version that has none.

    today: the date of the versions in `added`.
    """
    file, dates = path(folder), dict.fromkeys((version.path for version in added), today)
    before = text(folder)
    logged = {(title["stem"], int(title["number"])) for title in TITLE.finditer(before)}
    missing = []
    for contract in contracts:
        versions = compatibility.released(contract, folder)
        for version, older in zip(versions, [None, *versions], strict=False):
            if (contract.stem, number(version)) not in logged:
                entry = "\n".join(_entry(contract.stem, version, older, dates.get(version.path)))
                missing.append((version.path in dates, number(version), entry))
    if missing:
        # The versions of this run first; later versions before earlier ones.
        missing.sort(key=lambda each: each[:2], reverse=True)
        entries = "".join(f"\n{entry}\n" for *_, entry in missing)
        first = TITLE.search(before)
        end = first.start() - 1 if first else len(before)
        write_atomically(file, (before[:end] + entries + before[end:]).encode())


def number(version: Contract) -> int:
    """Return the version number of a released contract, from its file name."""
    return int(version.path.stem)


def _entry(stem: str, version: Contract, older: Contract | None, day: date | None) -> Iterator[str]:
    yield f"## {stem} {number(version)}{f' ({day})' if day else ''}"
    yield ""
    if older is None:
        yield f"First version: {version.name} in the topic `{version.topic.name}`."
    else:
        yield from list(_changes(version, older)) or [SAME]


def _changes(version: Contract, older: Contract) -> Iterator[str]:
    """Yield a line for each finding, with its place, severity, rule and direction."""
    read = f"{number(version)} reads {number(older)}"
    yield from _lines("key", read, schema_check.key_findings(version.key_schema, older.key_schema))
    backward = schema_check.value_findings(version.schema, older.schema, version.flink)
    yield from _lines("value", read, backward)
    forward = schema_check.value_findings(older.schema, version.schema, version.flink)
    harmful = [finding for finding in forward if finding.severity is not Severity.SAFE]
    yield from _lines("value", f"{number(older)} reads {number(version)}", harmful)
    promises = list(contract_rules.findings(version, older))
    yield from _lines("contract", f"{number(older)} to {number(version)}", promises)


def _lines(part: str, read: str, findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        attribute = finding.path.strip("/").replace("/", ".")
        place = finding.field or (attribute if part == "contract" else f"the {part}")
        what = markdown.text(finding.what).removesuffix(".")
        yield f"- {markdown.code(place)}: {finding.severity} `{finding.rule.id}`, {read}: {what}."
