"""A mapping of files to events; mapping_file.py loads it, mappings/*.toml are examples."""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.generated import EVENTS, Product, Store
from schemas.record import Field, Record

RECORD_TYPES: dict[str, type[Record]] = {
    record_type.__module__.rpartition(".")[2]: record_type
    for record_type in (*EVENTS, Product, Store)
}
"""Contracts to which a file can be mapped, by the names of their files in schemas/."""
TYPES = ("string", "int", "long", "decimal", "timestamp-millis")
"""Types of fields that can come from a file."""


def fields(record_type: type[Record]) -> dict[str, Field]:
    """Index a contract's fields by name, in its order."""
    return {field.name: field for field in record_type.FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Description of a file's text; None: as the file shows."""

    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    """Names of the columns of a file without a header; else empty."""
    skip: int | None = None
    """Number of lines before the header, or before the first line if `columns` names them."""
    part: str = "*"
    """Pattern of the names of the sheets, or of the files in an archive, that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMapping:
    """Lines of a file as records of one contract.

    An expression is the name of a column, or SQL of DuckDB over a line's columns.
    """

    record_type: type[Record]
    source: str = ""
    """Prefix of every event_id; empty for contracts without one."""
    event_id: tuple[str, ...] = ()
    """Expressions that form the event_id; empty for contracts without one."""
    distinct: bool = False
    """True if lines with equal event_id columns are different events, not repeats of one."""
    where: str = "true"
    """Expression that is true for the lines that are such records."""
    fields: dict[str, str]
    """Expression of every field that comes from the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A checked mapping."""

    path: Path
    events: tuple[EventMapping, ...]
    zone: ZoneInfo | None
    """Zone of times without an offset."""
    decimal_comma: bool | None
    """None: numbers have a decimal point, and a comma in them is an error."""
    layout: Layout
    columns: dict[str, str] = field(default_factory=dict)
    """Further columns, or others in place of the file's: expressions over the file's columns."""
    join: str = ""
    """Join of second files to each line, in SQL."""
    files: dict[str, tuple[Path, Layout]] = field(default_factory=dict)
    """Second files, by their names in SQL."""

    def expressions(self) -> list[str]:
        """Return every expression but those of the further columns."""
        return [
            sql
            for event in self.events
            for sql in (event.where, *event.event_id, *event.fields.values())
        ]
