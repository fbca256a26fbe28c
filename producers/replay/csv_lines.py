"""The lines of a CSV file, bad ones included, each with its number."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """number: of its first line in the file, from 1; fields: as many as the file has columns;
    reason: why it cannot be used, if so, and then original: what there is in place of fields.
    """

    number: int
    fields: list[str]
    reason: str = ""
    original: tuple[str, ...] = ()


class CsvLines:
    """Reads lines of text as CSV (RFC 4180, any delimiter).

    A quote that is never closed spoils its own line only: reading goes on with the next one.
    Empty lines are none.
    """

    def __init__(self, text: Iterable[str], delimiter: str) -> None:
        self._text = iter(text)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self.number = 0
        """Lines of the file that are read."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """For csv.reader: the next line of text."""
        line = self._again.popleft() if self._again else next(self._text)
        self._taken.append(line)
        return line

    def header(self) -> list[str]:
        """The first line's fields; none if there is no line. Raises csv.Error."""
        fields = next(self._reader, [])
        self.number += len(self._taken)
        self._taken.clear()
        return [field.strip() for field in fields]

    def lines(self, width: int) -> Iterator[Line]:
        """The following lines; width: how many fields each must have."""
        taken = self._taken
        while True:
            taken.clear()
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._broken(width, f"no line of CSV: {error}")
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
