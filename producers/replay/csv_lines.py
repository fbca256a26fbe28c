"""The lines of a CSV file with their numbers, bad lines included."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice, repeat
from typing import Any, NamedTuple

TOGETHER = 1_000, 20_000
"""Lines of text that are split at once if each is a record of its own, and their cells."""
LONGEST = 200
"""Lines of text in one record, so that a quote that is never closed costs little."""


class Line(NamedTuple):
    """One record of a file."""

    number: int
    """Number of its first line in the file, from 1."""
    cells: list[Any]
    """Text, or None; "" is no value either."""
    problem: str = ""
    """Reason for which a bad line cannot be used; its cells are a guess."""
    original: tuple[str, ...] = ()
    """Content of a bad line."""
    place: str = ""
    """In a file of rejects: see rejects.py."""


class CsvLines:
    """Reads lines of text as CSV (RFC 4180, any delimiter).

    A quote that is never closed affects its own line only: reading continues with the next one. A
    line that is CSV only if backslashes escape quotes is read so. Empty lines are skipped.
    """

    def __init__(self, text: Iterable[str], delimiter: str, skipped: int = 0) -> None:
        """skipped: number of lines of the file before the text."""
        self._text = iter(text)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._delimiter = delimiter
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self.number = skipped
        """Number of lines read."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line of text to csv.reader."""
        if len(self._taken) == LONGEST:
            raise csv.Error("a quote is not closed")
        line = self._again.popleft() if self._again else next(self._text)
        self._taken.append(line)
        return line

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the following lines. width: number of cells; more of them may be empty."""
        again = self._again
        together = max(1, min(TOGETHER[0], TOGETHER[1] // max(1, width)))
        while True:
            again.extend(islice(self._text, together))
            if not again:
                return
            rows = self._rows()
            if len(rows) == len(again) and {*map(len, rows)} == {width}:
                numbered = zip(count(self.number + 1), rows, repeat(""), repeat(()), repeat(""))
                yield from map(tuple.__new__, repeat(Line), numbered)
                self.number += len(rows)
                again.clear()
            else:
                yield from self._one_by_one(width)

    def _rows(self) -> list[list[str]]:
        """Return the rows of the lines that are at hand; [] if one of them is bad."""
        try:
            return list(csv.reader(self._again, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return []

    def _one_by_one(self, width: int) -> Iterator[Line]:
        """Yield the records that begin in the lines that are at hand."""
        taken = self._taken
        while self._again:
            taken.clear()
            try:
                cells = next(self._reader)
            except csv.Error as error:
                yield self._broken(width, f"invalid CSV: {error}")
                continue
            if len(cells) == width or (len(cells) > width and not any(cells[width:])):
                yield Line(self.number + 1, cells)
                self.number += len(taken)
            elif cells:
                what = "; a quote is not closed" if len(taken) > 1 else ""
                whole = cells if len(taken) == 1 else []
                yield self._broken(width, f"expected {width} fields, got {len(cells)}{what}", whole)
            else:
                self.number += len(taken)

    def _broken(self, width: int, problem: str, whole: Sequence[str] = ()) -> Line:
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self.number += 1
        try:
            cells = next(csv.reader([first], delimiter=self._delimiter, escapechar="\\"))
        except csv.Error:
            cells = []
        if len(cells) == width and '\\"' in first:
            return Line(self.number, cells)
        return Line(self.number, cells, problem, tuple(whole) or (first.rstrip("\r\n"),))
