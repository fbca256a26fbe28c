"""A CSV file as a source of batches."""

import csv
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from connect.errors import UserError
from producers.replay.compression import BROKEN, plain
from producers.replay.csv_lines import CsvLines, Line
from producers.replay.mapping import Mapping
from producers.replay.row_batch import SIZE, Batch


class CsvFile:
    """Reads a CSV file, compressed or not, in the mapping's encoding.

    A line is rejected if a needed column has bytes that are invalid in the encoding.
    """

    def __init__(self, path: Path, raw: BufferedReader, mapping: Mapping) -> None:
        self._path = path
        self._raw = raw
        self._size = path.stat().st_size
        self._encoding = mapping.encoding
        text = TextIOWrapper(
            plain(raw), encoding=mapping.encoding, errors="surrogateescape", newline=""
        )
        self._csv = CsvLines(text, mapping.delimiter)
        self.columns = mapping.columns or self._header()
        self._places = {name: place for place, name in enumerate(self.columns)}
        repeated = {name for name in self.columns if self.columns.count(name) > 1}
        for name in mapping.needed():
            if name in repeated:
                raise UserError(f"{path} has more than one column {name!r}: rename one.")

    @property
    def done(self) -> float:
        """Share of the file that is read."""
        return min(self._raw.tell() / self._size, 1.0)

    def batches(self) -> Iterator[Batch]:
        """Yield the lines in batches."""
        lines = self._csv.lines(len(self.columns))
        while batch := self._next_lines(lines):
            yield self._batch(batch)

    def _header(self) -> tuple[str, ...]:
        try:
            return tuple(self._csv.header())
        except csv.Error as error:
            raise UserError(
                f"The first line of {self._path} is not a CSV header: {error}."
            ) from None
        except BROKEN as error:
            raise self._cut(error) from None
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def _next_lines(self, lines: Iterator[Line]) -> list[Line]:
        some: list[Line] = []
        try:
            some.extend(islice(lines, SIZE))
        except UnicodeError as error:
            raise self._undecodable(error) from None
        except BROKEN as error:
            raise self._cut(error) from None
        return some

    def _batch(self, lines: list[Line]) -> Batch:
        places = self._places
        failed = {index: line.reason for index, line in enumerate(lines) if line.reason}

        def column(name: str) -> list[Any]:
            place = places[name]
            values = [line.fields[place] for line in lines]
            self._check_text(name, values, failed)
            return values

        def original(index: int) -> list[str]:
            line = lines[index]
            return list(line.original or line.fields)

        return Batch(
            lines=[line.number for line in lines], column=column, original=original, failed=failed
        )

    def _check_text(self, name: str, values: list[str], failed: dict[int, str]) -> None:
        if _is_clean("".join(values)):
            return
        for index, value in enumerate(values):
            if not _is_clean(value):
                what = "a NUL byte" if "\0" in value else f"bytes that are not {self._encoding}"
                failed.setdefault(
                    index, f"column {name!r} has {what}: {value!r} (see csv.encoding)"
                )

    def _cut(self, error: BaseException) -> UserError:
        return UserError(
            f"{self._path} cannot be read after line {self._csv.number:,} ({error}): get the file "
            "again and replay it; lines that were sent are recognised by their event_id."
        )

    def _undecodable(self, error: UnicodeError) -> UserError:
        return UserError(
            f"{self._path} is not {self._encoding} after line {self._csv.number:,} ({error}): "
            "set csv.encoding in the mapping."
        )


def _is_clean(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
