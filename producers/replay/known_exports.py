"""Exports whose layout is known: each is a mapping in mappings/exports, and fits by its columns."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from producers.replay.column_names import vocabulary
from producers.replay.expressions import own_references, quoted
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import parse_mapping

FOLDER = Path(__file__).parent.parent / "mappings" / "exports"
OPTIONAL = re.compile(r'coalesce\(((?:"[^"]+", *)+)')
"""Columns for which an expression has another value when they are blank: a file may lack them."""


@dataclass(frozen=True, slots=True)
class KnownExport:
    """A layout of a till or shop system."""

    comments: tuple[str, ...]
    """Its title, and what a person has to know of it."""
    text: str
    """Its mapping in TOML."""
    required: tuple[str, ...]
    """Columns that every file of it has, casefolded."""
    optional: tuple[str, ...]
    """Columns that a file of it may have, as they are written."""
    names: dict[str, str] = field(default_factory=dict)
    """Columns of its mapping, and those of a file in another language; empty for its own."""

    @property
    def title(self) -> str:
        return self.comments[0]


@cache
def known_exports() -> tuple[KnownExport, ...]:
    """Return all of them, by name."""
    return tuple(each for path in sorted(FOLDER.glob("*.toml")) for each in _known(path))


def fitting_export(columns: Iterable[str]) -> KnownExport | None:
    """Return the export of which a file has all required columns; of several the most specific."""
    present = {column.casefold() for column in columns}
    fitting = [each for each in known_exports() if present.issuperset(each.required)]
    return max(fitting, key=lambda each: len(each.required), default=None)


def fitted_entries(export: KnownExport, columns: Iterable[str]) -> dict[str, Any]:
    """Return its mapping for a file of these columns, in which others have no value."""
    entries = tomllib.loads(export.text)
    present = {column.casefold() for column in columns}
    renamed = {
        name: quoted(other) for name, other in export.names.items() if other.casefold() in present
    }
    missing = {name for name in export.optional if name.casefold() not in present} - {*renamed}
    added = dict.fromkeys(sorted(missing), "CAST(NULL AS VARCHAR)") | renamed
    if added:
        entries["columns"] = added | entries.get("columns", {})
    return entries


def _known(path: Path) -> Iterator[KnownExport]:
    """Yield the export of a mapping, and the same in other languages."""
    text = path.read_text(encoding="utf-8")
    mapping = parse_mapping(path, text)
    optional = {
        name for names in OPTIONAL.findall(text) for name in re.findall(r'"([^"]+)"', names)
    }
    folded = {name.casefold() for name in optional}
    export = KnownExport(
        comments=tuple(line[2:] for line in text.splitlines() if line.startswith("# ")),
        text=text,
        required=tuple(sorted(_columns(mapping) - folded)),
        optional=tuple(sorted(optional)),
    )
    yield export
    for names in vocabulary()["translations"].get(path.stem, {}).values():
        other = {name.casefold(): each.casefold() for name, each in names.items()}
        required = tuple(other.get(name, name) for name in export.required)
        yield replace(export, required=required, names=names)


def _columns(mapping: Mapping) -> set[str]:
    """Return the columns of the file that a mapping names, casefolded."""
    used = {name.casefold() for sql in mapping.expressions() for name in own_references(sql)}
    own: set[str] = set()
    # An expression may be made of further columns before it.
    for name, sql in mapping.columns.items():
        used |= {each.casefold() for each in own_references(sql)} - own
        own.add(name.casefold())
    return used - own
