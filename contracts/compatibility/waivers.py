"""Waivers, schemas/waivers.toml: findings that a team accepts, with a reason and until a day.

[[waiver]]
rule = "field-renamed"
contract = "shipment"        # the file name without .avsc
field = "carrier"            # optional: without it, findings that concern no field
reason = "Every reader has the alias since 1 March."
expires = 2026-12-31         # the last day on which it holds
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from contracts.compatibility.finding import Severity
from contracts.compatibility.released_versions import ContractFinding
from contracts.errors import InvalidContractError, stem_of
from contracts.toml_file import document_of, is_document

FILE = "waivers.toml"
HEADER = re.compile(r"^\s*\[\[\s*waiver\s*\]\]", re.MULTILINE)
NAMES = ("rule", "contract", "field", "reason", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted finding."""

    rule: str
    """The rule's id."""
    contract: str
    """The contract's file name without .avsc."""
    field: str | None
    """The outermost field; None for findings that concern no field."""
    reason: str
    """The reason why the finding is accepted."""
    expires: date
    """The last day on which it is."""
    line: int
    """The line in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivers:
    """All waivers of a folder of contracts."""

    path: Path
    """The file."""
    waivers: tuple[Waiver, ...]
    """Its waivers, in order."""
    today: date
    """The day by which they expire."""

    @property
    def expired(self) -> list[Waiver]:
        """The waivers past their last day."""
        return [waiver for waiver in self.waivers if waiver.expires < self.today]

    def covering(self, rule: str, contract: str, field: str | None) -> Waiver | None:
        """Return the waiver that holds for a finding, or None."""
        for waiver in self.waivers:
            covered = (waiver.rule, waiver.contract, waiver.field) == (rule, contract, field)
            if covered and waiver.expires >= self.today:
                return waiver
        return None

    def harmful(self, findings: Iterable[ContractFinding]) -> list[ContractFinding]:
        """Return the findings that are neither safe nor waived."""
        return [
            each
            for each in findings
            if each.finding.severity is not Severity.SAFE
            and not self.covering(
                each.finding.rule.id, stem_of(each.contract.path), each.finding.field
            )
        ]


def load(schemas: Path, today: date | None = None) -> Waivers:
    """Read the waivers of a folder of contracts; none without a file.

    Raises InvalidContractError for a waiver that lacks a part, such as its reason.
    """
    path, day = schemas / FILE, today or datetime.now(UTC).date()
    if not path.exists():
        return Waivers(path=path, waivers=(), today=day)
    text, document = document_of(path)
    tables = document.pop("waiver", [])
    if document or not isinstance(tables, list):
        raise InvalidContractError(path, "expected tables [[waiver]] only.")
    headers = list(HEADER.finditer(text))
    if len(headers) != len(tables):  # a reason has several lines, and one of them looks like one
        headers = [each for each in headers if is_document(text[: each.start()])]
    lines = [text.count("\n", 0, header.end()) + 1 for header in headers]
    if len(lines) != len(tables):
        lines = [1] * len(tables)
    waivers = tuple(_waiver(path, table, line) for table, line in zip(tables, lines, strict=True))
    return Waivers(path=path, waivers=waivers, today=day)


def _waiver(path: Path, table: Any, line: int) -> Waiver:
    def wrong(name: str, expected: str) -> InvalidContractError:
        return InvalidContractError(
            path, f"waiver at line {line}: {name}: expected {expected}.", line
        )

    def text(name: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            raise wrong(name, "a string that is not empty")
        return value

    if not isinstance(table, dict):
        raise wrong("waiver", "a table [[waiver]]")
    for name in table:
        if name not in NAMES:
            raise wrong(name, f"one of {', '.join(NAMES)}")
    expires = table.get("expires")
    if type(expires) is not date:
        raise wrong("expires", "a day without quotes, such as 2026-12-31")
    return Waiver(
        rule=text("rule"),
        contract=text("contract"),
        field=text("field") if "field" in table else None,
        reason=text("reason"),
        expires=expires,
        line=line,
    )
