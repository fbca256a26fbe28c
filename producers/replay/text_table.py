"""Batches of lines as columns of text, cleaned of what spreadsheets add to it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain, islice
from typing import Any

import pyarrow as pa
from pyarrow import compute

from producers.replay.arrow_values import composed
from producers.replay.csv_lines import Line
from producers.replay.header import Header

pc: Any = compute
SIZE = 5_000
"""Lines in a batch: large enough that its overhead is negligible, small in memory."""
CELLS = 100_000
"""Cells in a batch of a wide table."""
RULE = "-=_+*|: "
"""Characters of a line that is drawn."""
OWN: dict[str, Any] = {
    "file_line": pa.int64(),
    "file_place": pa.string(),
    "file_problem": pa.string(),
    "file_original": pa.binary(),
    "file_padded": pa.list_(pa.string()),
}
"""Columns beside the file's: number of the line, its place among equal ones in a file of rejects,
the reason for which it is bad, its content, and the columns whose outer blanks were removed."""


def batches(
    lines: Iterable[Line], header: Header, needed: set[str], encoding: str = "utf-8"
) -> Iterator[pa.RecordBatch]:
    """Yield the lines in batches, without blank and ruled ones and repeated headers.

    A cell without text is null. needed: columns (casefolded) of which every byte must be text.
    """
    columns, width = header.columns, header.width
    repeated = list(header.cells[:width])
    title = repeated[0] if repeated else None
    size = max(1, min(SIZE, CELLS // max(1, width)))
    left = iter(lines)
    while read := list(islice(left, size)):
        some = [
            line
            for line in read
            if ((first := (line.cells or ("",))[0]) and first[0].isalnum() and first != title)
            or (_has_content(line.cells) and line.cells[:width] != repeated)
        ]
        if not some:
            continue
        # All columns at once, one below the other, as each call of pyarrow has a cost.
        numbers, rows, reasons, contents, places = zip(*some, strict=True)
        fitted = rows if {*map(len, rows)} == {width} else [_fitted(each, width) for each in rows]
        cells, bad = _strings(list(chain.from_iterable(zip(*fitted, strict=True))), encoding)
        trimmed = pc.utf8_trim_whitespace(cells)
        problems = {index: reason for index, reason in enumerate(reasons) if reason}
        originals = {index: _encoded(line) for index, line in enumerate(contents) if line}
        padded: dict[int, list[str]] = {}
        for place in pc.indices_nonzero(pc.not_equal(trimmed, cells)).to_pylist():
            column, index = divmod(place, len(some))
            padded.setdefault(index, []).append(columns[column])
        for place, what in bad.items():
            column, index = divmod(place, len(some))
            originals.setdefault(index, _encoded(tuple(map(str, rows[index]))))
            if columns[column].casefold() in needed:
                problem = f"column {columns[column]!r} has {what} (see csv.encoding)"
                problems.setdefault(index, problem)
        cleaned = _cleaned(trimmed)
        own: list[Any] = [
            pa.array(numbers, pa.int64()),
            pa.array(places, pa.string()),
            _sparse(problems, len(some), "file_problem"),
            _sparse(originals, len(some), "file_original"),
            _sparse(padded, len(some), "file_padded"),
        ]
        arrays = [cleaned.slice(column * len(some), len(some)) for column in range(width)]
        yield pa.RecordBatch.from_arrays([*own, *arrays], names=[*OWN, *columns])


def _has_content(cells: Sequence[Any]) -> bool:
    """Return False for a blank line, and for a rule between the lines of a printed list."""
    return any(cell and cell.strip(RULE) for cell in cells)


def decoded(original: bytes) -> list[str]:
    """Return the content of a bad line."""
    text = original.decode("utf-8", "surrogateescape")
    return next(csv.reader(StringIO(text, newline="")))


def _sparse(values: dict[int, Any], count: int, name: str) -> Any:
    """Return a column of OWN with the values of a few lines."""
    if not values:
        return pa.nulls(count, OWN[name])
    return pa.array(list(map(values.get, range(count))), OWN[name])


def _encoded(original: tuple[str, ...]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerow(original)
    return text.getvalue().encode("utf-8", "surrogateescape")


def _fitted(cells: list[Any], width: int) -> list[Any]:
    return cells if len(cells) == width else (cells + [None] * width)[:width]


def _strings(values: list[Any], encoding: str) -> tuple[Any, dict[int, str]]:
    """Return cells as an array of strings, and what is wrong with some of them."""
    bad: dict[int, str] = {}
    try:
        column: Any = pa.array(values, pa.string())
    except UnicodeEncodeError:
        readable = []
        for index, value in enumerate(values):
            text = (value or "").encode("utf-8", "replace").decode()
            if value and text != value:
                bad[index] = f"bytes that are not {encoding}: {value!r}"
            readable.append(text)
        column = pa.array(readable, pa.string())
    if pc.any(pc.match_substring(column, "\0")).as_py():
        are_bad = pc.match_substring(column, "\0").to_pylist()
        bad |= {
            index: f"a NUL byte: {values[index]!r}"
            for index, is_bad in enumerate(are_bad)
            if is_bad
        }
    return column, bad


def _cleaned(column: Any) -> Any:
    """Return a column without the guards of spreadsheets, in Unicode NFC; empty text is null."""
    column = composed(column)
    for guard, pattern in (('="', '^="(.*)"$'), ("'", r"^'([-=+@\d].*)$")):
        if pc.any(pc.starts_with(column, guard)).as_py():
            column = pc.replace_substring_regex(column, pattern, r"\1")
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
