"""Proposal of a mapping for a file: that of a known export, or one by names and content."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connect.errors import UserError
from producers.replay.column_content import (
    SAMPLE,
    currencies,
    decimal_comma,
    distinct,
    has_clocks,
    has_offsets,
    time_formats,
)
from producers.replay.column_names import fitting_contract, known_names, nearest_contract
from producers.replay.expressions import EPOCHS, PART, own_references, quoted, time_in_format
from producers.replay.file_parts import Part, parts
from producers.replay.guessed_mapping import COMMENTS, GuessedMapping
from producers.replay.known_exports import fitted_entries, fitting_export, known_exports
from producers.replay.likely_encoding import examples, likely_encoding
from producers.replay.mapping import RECORD_TYPES, Layout, Mapping, fields
from producers.replay.mapping_file import parse_mapping
from producers.replay.mapping_toml import rendered
from producers.replay.workspace import Database, store, workspace
from schemas.record import Field

OTHER_BYTES = re.compile("[\udc80-\udcff]")
CODE = re.compile("'([A-Z]{3})'")
"""Currency in an expression."""

WHOLE = ("int", "long")
"""Types of fields with whole numbers."""
NAMES = 5
"""Known names of a column in a sentence."""
MIDNIGHT = {
    "counted_at": "it is read as 00:00, so that what moved on that day changes the count; of a "
    "count after closing, add the hours, as in {} + INTERVAL 20 HOUR",
    "occurred_at": "it is read as 00:00, before any count of that day",
}
"""Effects of times without a time of day."""


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
        shown = ", ".join(titles[:NAMES]) + (" …" if len(titles) > NAMES else "")
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


def propose_mapping(file: Path, path: Path, zone: str) -> Proposal:
    """Read a file and propose a mapping, to be saved as path. Raises UserError.

    zone: taken for the zone of times without an offset.
    """
    encoding, words = None, ""
    while True:
        with workspace(None, None) as database:
            with parts(file, None, Layout(encoding=encoding), _names()) as all_parts:
                part = max(all_parts, key=_fit, default=None)
                if part is None:
                    raise UserError(f"{file} holds no file or sheet.")
                titles = [each.title for each in all_parts if _fit(each) == _fit(part)]
                store(database, "file", [part])
            if encoding is None:
                text = _undecoded(part, database)
                encoding = likely_encoding(text) if text else "utf-8"
                words = ", ".join(examples(text, encoding))
                if encoding != "utf-8":
                    continue
            proposal = _proposal(file, path, part, database)
            if len(titles) > 1:
                proposal.take_parts(titles)
            if encoding != "utf-8":
                proposal.assume(f"text is not UTF-8 and is taken as {encoding}: {words}")
                proposal.entries["csv"] = {"encoding": encoding}
            _read_times(proposal, database, zone)
            _read_numbers(proposal, database)
            return proposal


def _names() -> set[str]:
    """Return names of columns, casefolded, by which a header is recognised."""
    exports = (name for each in known_exports() for name in (*each.required, *each.optional))
    return {*known_names(), *map(str.casefold, exports)}


def _fit(part: Part) -> tuple[int, int]:
    """Compare parts: one of a known export is better than one whose names are known."""
    export = fitting_export(part.columns)
    contract = fitting_contract(part.columns, "")
    named = set(part.columns).intersection(contract[1].values() if contract else ())
    return len(export.required) if export else 0, len(named)


def _proposal(file: Path, path: Path, part: Part, database: Database) -> Proposal:
    form = f"{part.name}: {part.form}"
    export = fitting_export(part.columns)
    if export:
        entries = fitted_entries(export, part.columns)
        _locate_second_files(entries, file, path)
        return Proposal(path, form, part.columns, export.title, entries, export.comments)
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
    columns = tuple(name for name in part.columns if distinct(database, quoted(name), 1))
    contract = fitting_contract(columns, f"'{written}'")
    if part.columns and not columns:
        raise UserError(f"{part.name} ({part.form}) has no lines below its header.")
    if contract is None:
        names = ", ".join(part.columns)
        shown = f"columns are: {names}" if names.isprintable() else "first line is no text"
        raise UserError(
            f"{part.name} ({part.form}) has no columns of goods with amounts and times, or none by "
            f"known names; its {shown}.{_lacking(columns)} Rename them, or write a mapping: "
            "docs/bring-your-own-data.md has one of sales, products and stores each."
        )
    guessed = GuessedMapping(database, file, columns, contract)
    return Proposal(path, form, columns, "", guessed.entries, COMMENTS, guessed.assumptions)


def _lacking(columns: Iterable[str]) -> str:
    """Return a sentence on the columns that the nearest contract needs; "" if none is near."""
    nearest = nearest_contract(columns)
    if nearest is None:
        return ""
    contract, missing = nearest
    lacking = "; ".join(
        f"{name} (known names: {', '.join(names[:NAMES])} …)"
        for name, names in missing.items()
        if names
    )
    return f" Nearest is the contract {contract}, which needs a column for {lacking}."


def _locate_second_files(entries: dict[str, Any], file: Path, path: Path) -> None:
    """Name second files from the mapping's folder: beside the file, or in the same archive."""
    for entry in entries.get("files", {}).values():
        beside = file.with_name(entry["path"])
        source, part = (beside, "*") if beside.exists() else (file, f"*{entry['path']}")
        entry |= {"path": os.path.relpath(source, path.parent), "part": part}


def _read_times(proposal: Proposal, database: Database, zone: str) -> None:
    needs_zone = False
    for expressions, declared in proposal.fields():
        name, entry = declared.name, expressions[declared.name]
        if declared.type != "timestamp-millis" or "in_zone(" in entry:
            continue
        column, sql = proposal.sql(entry)
        formats = time_formats(database, sql)
        if formats:
            expressions[name] = time_in_format(column, formats[0], name)
        if len(formats) > 1:
            proposal.assume(f"{name} is read as {formats[0]}; {formats[1]} fits, too")
        if name in MIDNIGHT and not has_clocks(database, sql):
            kind = "TIMESTAMPTZ" if has_offsets(database, sql) else "TIMESTAMP"
            time = expressions[name] if formats else f"CAST({column} AS {kind})"
            proposal.assume(f"{name} has no time of day: {MIDNIGHT[name].format(time)}")
        is_instant = bool(formats) and formats[0] in EPOCHS
        needs_zone = needs_zone or not (is_instant or has_offsets(database, sql))
    if needs_zone and "time_zone" not in proposal.entries:
        proposal.entries["time_zone"] = zone
        proposal.assume(
            f"times have no offset and are taken as local in {zone}: if the stores are elsewhere, "
            "change time_zone"
        )


def _read_numbers(proposal: Proposal, database: Database) -> None:
    whole = [
        entry
        for expressions, declared in proposal.fields()
        if declared.type in WHOLE and (entry := expressions[declared.name]) in proposal.columns
    ]
    comma, sign = decimal_comma(database, _columns(proposal, *WHOLE, "decimal"), whole)
    if sign:
        number = "1.250" if sign == "point" else "1,250"
        proposal.assume(f"a {sign} in numbers separates thousands, as in {number}")
    if comma is not None:
        proposal.entries["decimal_comma"] = comma
    shown = currencies(database, _columns(proposal, "decimal"))
    for expressions, declared in proposal.fields():
        assumed = CODE.search(expressions["currency"]) if declared.name == "currency" else None
        if assumed and shown:
            expressions["currency"] = CODE.sub(f"'{shown[0]}'", expressions["currency"])
            if len(shown) > 1:
                proposal.assume(f"amounts in {', '.join(shown)} are all taken as {shown[0]}")
        elif assumed:
            proposal.assume(f"amounts are in {assumed[1]}: the file does not say so")


def _columns(proposal: Proposal, *types: str) -> list[str]:
    """Return the columns of the file that the fields of some types are made of."""
    return sorted(
        {
            column
            for expressions, declared in proposal.fields()
            if declared.type in types
            for column in own_references(proposal.sql(expressions[declared.name])[1])
        }
    )


def _undecoded(part: Part, database: Database) -> bytes:
    """Return lines with bytes that are not UTF-8, and some with letters; b"" if all text is UTF-8.

    Text in UTF-16 is never undecoded.
    """
    query = "SELECT file_original FROM file WHERE file_original IS NOT NULL"
    text = part.start + b"".join(line for (line,) in database.execute(query).fetchall())
    if not OTHER_BYTES.search(text.decode("utf-8", "surrogateescape")):
        return b""
    good = (
        "SELECT CAST(file AS VARCHAR) FROM file WHERE file_original IS NULL "
        f"AND regexp_matches(CAST(file AS VARCHAR), '[^\\x00-\\x7F]') LIMIT {SAMPLE}"
    )
    return text + "".join(line for (line,) in database.execute(good).fetchall()).encode()
