"""A proposed mapping: its entries, and what it assumes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from producers.replay.column_names import some
from producers.replay.expressions import PART, own_references, quoted
from producers.replay.mapping import RECORD_TYPES, Mapping, fields
from producers.replay.mapping_file import parse_mapping
from producers.replay.mapping_toml import rendered
from schemas.record import Field


@dataclass(slots=True)
class Proposal:
    """A mapping that a person has to check."""

    path: Path
    """File that the mapping may be saved as."""
    form: str
    """Words for the file, or for its sheet or member: its name, kind and encoding."""
    columns: tuple[str, ...]
    """Names of the file's columns."""
    title: str
    """Name of the known export; "" for another file."""
    entries: dict[str, Any]
    """The mapping, as TOML has it."""
    comments: tuple[str, ...]
    """Sentences before the mapping."""
    assumptions: list[str] = field(default_factory=list)
    """Sentences on what the file does not show."""

    @property
    def text(self) -> str:
        """The mapping in TOML."""
        return rendered(self.entries, self.comments)

    @property
    def mapping(self) -> Mapping:
        return parse_mapping(self.path, self.text)

    def assume(self, sentence: str) -> None:
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def take_parts(self, titles: list[str]) -> None:
        """Read several sheets or files: of counts without a store, each is one."""
        shown = some(titles)
        is_store = self.entries.get("fields", {}).get("store_id") == "'Main'"
        if not is_store or self.entries["contract"] != "stock_count":
            hint = f'; if each is a store, that is "{PART}", in event_id, too' if is_store else ""
            self.assume(f"sheets or files are read as one: {shown}{hint}")
            return
        self.entries["fields"]["store_id"] = PART
        self.entries["event_id"].insert(0, PART)
        self.assumptions = [each for each in self.assumptions if "store of all lines" not in each]
        self.assume(f"each sheet or file is a store, by its name: {shown}")

    def fields(self) -> Iterator[tuple[dict[str, str], Field]]:
        """Yield each field that is mapped, and the table with its expression."""
        for event in self.entries.get("events", [self.entries]):
            declared = fields(RECORD_TYPES[event["contract"]])
            for name in tuple(event["fields"]):
                yield event["fields"], declared[name]

    def sql(self, entry: str) -> tuple[str, str]:
        """Return an entry as SQL over the mapping's columns, and over those of the file."""
        names = (*self.columns, *self.entries.get("columns", {}))
        if entry.casefold() in map(str.casefold, names):
            entry = quoted(entry)
        plain = own_references(entry)
        for name, sql in self.entries.get("columns", {}).items():
            if {name} == plain and entry.strip('"') == name:
                return entry, sql
        return entry, entry
