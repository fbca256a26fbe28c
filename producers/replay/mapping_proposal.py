"""Proposal of a mapping for a file: that of a known export, or one by names and content."""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connect.errors import UserError
from producers.replay.column_content import SAMPLE, distinct
from producers.replay.column_names import fitting_contract, known_names, nearest_contract, some
from producers.replay.expressions import quoted
from producers.replay.file_parts import parts
from producers.replay.guessed_mapping import COMMENTS, GuessedMapping
from producers.replay.known_exports import fitted_entries, fitting_export, known_exports
from producers.replay.likely_encoding import examples, likely_encoding
from producers.replay.mapping import Layout
from producers.replay.movement_kinds import EXAMPLES, kind_column, movements
from producers.replay.part import Part
from producers.replay.proposal import Proposal
from producers.replay.proposal_values import read_numbers, read_times
from producers.replay.stock_columns import stock_mapping, wide_columns
from producers.replay.twice_encoded import PREFIX
from producers.replay.workspace import Database, store, workspace

NESTED = re.compile(r"[\[{]+\s*[\"']")
"""Start of a list or an object as a text."""
NAMES = 5
"""Known names of a column in a sentence."""


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
                text = _beyond_ascii(part, database)
                encoding = likely_encoding(text)
                words = ", ".join(examples(text, encoding))
                if encoding != "utf-8":
                    continue
            proposal = _proposal(file, path, part, database)
            if len(titles) > 1:
                proposal.take_parts(titles)
            if encoding != "utf-8":
                what = "encoded twice" if encoding.startswith(PREFIX) else "not UTF-8"
                proposal.assume(f"text is {what} and is taken as {encoding}: {words}")
                proposal.entries["csv"] = {"encoding": encoding}
            read_times(proposal, database, zone)
            read_numbers(proposal, database)
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
    held = {name: distinct(database, quoted(name), 1) for name in part.columns}
    nested = [name for name, values in held.items() if NESTED.match("".join(values))]
    columns = tuple(name for name, values in held.items() if values and name not in nested)
    contract = fitting_contract(columns, f"'{written}'")
    if not any(held.values()):
        raise UserError(f"{part.name} ({part.form}) has no lines below its header.")
    counts = stock_mapping(database, file, columns, contract, f"'{written}'")
    if counts:
        return Proposal(path, form, columns, "", counts[0], COMMENTS, counts[1])
    if contract is None:
        names = ", ".join(part.columns)
        shown = f"columns are: {names}" if names.isprintable() else "first line is no text"
        kind = kind_column(columns)
        moved = f" {kind!r} is that of movements: {EXAMPLES}." if kind else ""
        raise UserError(
            f"{part.name} ({part.form}) has no columns of goods with amounts and times, or none by "
            f"known names; its {shown}.{_lacking(columns)} Rename them, or write a mapping: "
            f"docs/bring-your-own-data.md has one of sales, products and stores each.{moved}"
            f"{_reshaped(part.columns, wide_columns(database, columns), nested)}"
        )
    if words := movements(database, columns, contract):
        raise UserError(
            f"{part.name} ({part.form}) lists movements of goods, and no mapping is proposed: "
            f"{words}. Write [[events]] for each of these values: {EXAMPLES}."
        )
    guessed = GuessedMapping(database, file, columns, contract)
    return Proposal(path, form, columns, "", guessed.entries, COMMENTS, guessed.assumptions)


def _reshaped(columns: tuple[str, ...], wide: list[str], nested: list[str]) -> str:
    """Return sentences on columns of which others or lines have to be made; "" for none."""
    sentence = ""
    if len(columns) == 1:
        sentence = " If columns have fixed widths: import them into a spreadsheet, save it as CSV."
    if wide:
        sentence = (
            f' {some(map(repr, wide))} may be days or sizes: see there, "A column for each store".'
        )
    if nested:
        sentence += f' Values are nested in {some(map(repr, nested))}: see there, "Nested values".'
    return sentence


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


def _beyond_ascii(part: Part, database: Database) -> bytes:
    """Return lines with bytes that are not UTF-8, and some with letters; b"" if none may be."""
    if not part.start:
        return b""
    query = "SELECT file_original FROM file WHERE file_original IS NOT NULL"
    text = part.start + b"".join(line for (line,) in database.execute(query).fetchall())
    good = (
        "SELECT CAST(file AS VARCHAR) FROM file WHERE file_original IS NULL "
        f"AND regexp_matches(CAST(file AS VARCHAR), '[^\\x00-\\x7F]') LIMIT {SAMPLE}"
    )
    return text + "".join(line for (line,) in database.execute(good).fetchall()).encode()
