"""The lines of a CSV file with their numbers, bad lines included."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a CSV file."""

    number: int
    """Number of its first line in the file, from 1."""
    fields: list[str]
    """As many as the file has columns."""
    reason: str = ""
    """Reason for which a bad line cannot be used."""
    original: tuple[str, ...] = ()
    """Content of a bad line."""


class CsvLines:
    """Reads lines of text as CSV (RFC 4180, any delimiter).

    A quote that is never closed affects its own line only: reading continues with the next one.
    Empty lines are skipped.
    """

    def __init__(self, text: Iterable[str], delimiter: str) -> None:
        self._text = iter(text)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self.number = 0
        """Number of lines read."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line of text to csv.reader."""
        line = self._again.popleft() if self._again else next(self._text)
        self._taken.append(line)
        return line

    def header(self) -> list[str]:
        """Return the first line's fields; an empty list for an empty file. Raises csv.Error."""
        fields = next(self._reader, [])
        self.number += len(self._taken)
        self._taken.clear()
        return [field.strip() for field in fields]

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the following lines. width: expected number of fields."""
        taken = self._taken
        while True:
            taken.clear()
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._broken(width, f"invalid CSV: {error}")
                continue
            if len(fields) == width:
                yield Line(self.number + 1, fields)
                self.number += len(taken)
            elif not fields:
                self.number += len(taken)
            elif len(taken) > 1:
                yield self._broken(width, f"expected {width} fields, a quote is not closed")
            else:
                reason = f"expected {width} fields, got {len(fields)}"
                self.number += 1
                yield Line(self.number, [""] * width, reason, tuple(fields))

    def _broken(self, width: int, reason: str) -> Line:
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self.number += 1
        return Line(self.number, [""] * width, reason, (first.rstrip("\r\n"),))
