"""The header of a table: the row that names its columns, below any title."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from producers.replay.mapping import Layout

HEADER_WITHIN = 100
"""Rows within which a header is looked for."""
RESERVED = re.compile("file_(line|row|part|place|problem|original|padded)", re.IGNORECASE)
"""Names of the columns that a replay adds to a file's."""
MARK = "\ufeff"
"""Byte order mark, as it stands before the first name when a file has two."""
UNDECODED = re.compile("[\0\udc80-\udcff]")
"""NUL, and bytes that are not text in the encoding of a file."""
REPLACEMENT = "\ufffd"


class Header(NamedTuple):
    """Names of the columns, and where their lines begin."""

    columns: tuple[str, ...]
    """Each name once; a column without a name is `column N`, those of one name `NAME (N)`."""
    end: int
    """Number of the last row of the header, from 1; 0: the file has none."""
    cells: Sequence[Any] = ()
    """The row as it is written, which a file of several pages repeats."""

    @property
    def width(self) -> int:
        return len(self.columns)


def find_header(rows: Iterable[tuple[int, list[Any]]], layout: Layout, needed: set[str]) -> Header:
    """Return the first row that has the most of the needed names.

    rows: number of each, and its cells. Names match whatever their case and outer blanks.
    """
    if layout.columns:
        return Header(named_once(layout.columns), layout.skip or 0)
    some = [
        Header(named_once(["" if cell is None else str(cell) for cell in cells]), number, cells)
        for number, cells in rows
        if any(cell not in (None, "") for cell in cells) and number > (layout.skip or 0)
    ][: 1 if layout.skip is not None else None]
    return max(some, key=lambda header: matches(header.columns, needed), default=Header((), 0))


def matches(columns: Iterable[str], needed: set[str]) -> int:
    """Count the needed names (casefolded) among those of columns."""
    return len({name.casefold() for name in columns} & needed)


def named_once(cells: Iterable[str]) -> tuple[str, ...]:
    """Name the columns up to the last that has a name; repeated names are numbered, all of them.

    So are the names of a replay's own columns.
    """
    names = [" ".join(UNDECODED.sub(REPLACEMENT, cell).strip(MARK).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    counts = Counter(name.casefold() for name in names)
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name.casefold()] += 1
        if not name:
            names[place] = f"column {place + 1}"
        elif counts[name.casefold()] > 1 or RESERVED.fullmatch(name):
            names[place] = f"{name} ({seen[name.casefold()]})"
    return tuple(names)
