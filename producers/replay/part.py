"""A sheet of a workbook, a file of an archive, or the whole of another file."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from producers.replay.mapping import Layout

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Expected:
    """A mapping's statements on a file, by which it is read."""

    layout: Layout
    needed: set[str]
    """Names of columns, casefolded, by which a header is recognised."""
    comma: bool | None
    """True if numbers are written with a decimal comma."""


@dataclass(slots=True, kw_only=True)
class Part:
    """A table that is not yet read."""

    name: str
    title: str
    """The name of the sheet, or of the file, by itself."""
    form: str
    """Words for a person, such as "text in utf-8, separated by ','"."""
    columns: tuple[str, ...] = ()
    batches: Batches
    """With OWN of text_table before the columns; raises UserError."""
    problem: str = ""
    """Sentence on a part that holds no table."""
    is_rejects: bool = False
    """True for a file of rejected lines."""
    start: bytes = b""
    """First lines of text in UTF-8, also of other bytes."""
