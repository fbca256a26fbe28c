"""Declared consumers: other teams' readers of the contracts, one a file in consumers/*.toml.

team = "finance"                      the team that runs the reader
contact = "finance@example.org"       an address or channel to reach it
contract = "sales_by_day"             the contract's file name without its ending
fields = ["business_day", "revenue"]  the fields that it reads
since = 2026-03-01                    the date of its first use
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from contracts.errors import InvalidContractError
from contracts.toml_file import document_of

FOLDER = "consumers"
ENDINGS = (".toml", ".yaml", ".yml", ".json")
"""Endings of files in which someone may declare a consumer, also misspelt ones; only the first is
read."""
NAMES = ("team", "contact", "contract")
ATTRIBUTES = (*NAMES, "fields", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A reader of one contract that another team runs."""

    path: Path
    """File that declares it."""
    team: str
    contact: str
    contract: str
    """The contract's file name without its ending."""
    fields: tuple[str, ...]
    """The fields that it reads."""
    since: date
    """The date of its first use."""
    text: str = field(repr=False, compare=False)
    """Text of the file."""
    base: str | None = None
    """The base that declares it; None: the checked files do."""

    def line_of(self, word: str) -> int:
        """Return the line of an attribute or a field's name in the file."""
        return _line(self.text, word)

    def __str__(self) -> str:
        by = f" by {self.base}" if self.base else ""
        return f"{self.team} ({self.contact}), since {self.since}{by}"


def files(project: Path) -> list[Path]:
    """Return the files of a project's consumers, and those that are meant to be some."""
    return sorted(
        path
        for path in (project / FOLDER).rglob("*")
        if difflib.get_close_matches(path.suffix.lower(), ENDINGS, cutoff=0.7)
    )


def load(path: Path, contracts: Collection[str] | None) -> Consumer:
    """Load a consumer of one of some contracts; None: of any. Raises InvalidContractError."""
    if path.suffix != ".toml" or path.parent.name != FOLDER:
        place = f"{path.parent.name}/{path.name}"
        raise InvalidContractError(path, f"expected a file {FOLDER}/<name>.toml, not {place}.")
    text, document = document_of(path)
    for name, expected in _faults(document, contracts):
        line = _line(text, name)
        raise InvalidContractError(path, f"line {line}: {name}: expected {expected}.", line)
    return Consumer(
        path=path,
        **{name: document[name].strip() for name in NAMES},
        fields=tuple(document["fields"]),
        since=document["since"],
        text=text,
    )


def no_longer_declared(
    base: Iterable[Consumer], declared: Iterable[Consumer]
) -> Iterator[Consumer]:
    """Yield the consumers of a base with those of their fields that no file declares any more.

    A team may rename its file, and a file may get another team.
    """
    known = {
        (name, each.contract, field)
        for each in declared
        for name in (each.team, each.path)
        for field in each.fields
    }
    for each in base:
        lost = tuple(
            field
            for field in each.fields
            if not {(name, each.contract, field) for name in (each.team, each.path)} & known
        )
        if lost:
            yield replace(each, fields=lost)


def suggestion(name: str, known: Collection[str]) -> str:
    """Return " (did you mean …?)" for a name that resembles a known one."""
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _faults(
    document: dict[str, Any], contracts: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    """Yield (attribute, expected value) of each fault."""
    for name in document:
        if name not in ATTRIBUTES:
            known = ", ".join(ATTRIBUTES)
            yield name, f"one of {known}{suggestion(name, ATTRIBUTES)}"
    for name in NAMES:
        value = document.get(name)
        if not isinstance(value, str) or not value.strip():
            yield name, f'a text that is not empty, such as {name} = "{EXAMPLES[name]}"'
    stem = document.get("contract")
    if contracts is not None and isinstance(stem, str) and stem.strip() not in contracts:
        known = ", ".join(sorted(contracts))
        yield "contract", f"one of {known}{suggestion(stem, contracts)}"
    fields = document.get("fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(f, str) for f in fields):
        yield "fields", 'a list of at least one field name, such as fields = ["sku", "quantity"]'
    elif len(set(fields)) < len(fields):
        yield "fields", "each field once"
    since = document.get("since")
    if not isinstance(since, date) or isinstance(since, datetime):
        yield "since", "a date without quotes, such as since = 2026-03-01"


EXAMPLES = {"team": "finance", "contact": "finance@example.org", "contract": "sales_by_day"}


def _line(text: str, word: str) -> int:
    """Return the line of an attribute, or of a field's name in quotes; else 1."""
    hit = re.search(rf'^\s*{re.escape(word)}\s*=|["\']{re.escape(word)}["\']', text, re.MULTILINE)
    return text.count("\n", 0, hit.start() + len(hit[0]) - 1) + 1 if hit else 1
