"""A CSV file as lines: its encoding, its separator, and where its header stands."""

import csv
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from connect.errors import UserError
from producers.replay.csv_lines import CsvLines, Line
from producers.replay.file_kind import START, start_of, text_encoding
from producers.replay.header import HEADER_WITHIN, Header, find_header, matches
from producers.replay.mapping import Layout
from producers.replay.rejects import added_columns, unrejected

DELIMITERS = ",;\t|"
LONGEST = 1 << 20
"""Characters in a line of text."""
# Of the process. A line with a longer cell would have no cells, as a blank one has none.
csv.field_size_limit(LONGEST)


class TextFile:
    """Reads a CSV file. A file of rejects is read as it was written, whatever its export was."""

    def __init__(self, name: str, path: Path, layout: Layout, needed: set[str]) -> None:
        """needed: names that the header may have. Raises UnicodeError."""
        start = start_of(path)
        self._added = added_columns(start)
        self.is_rejects = self._added > 0
        layout = Layout() if self.is_rejects else layout
        self._name = name
        self._path = path
        self.encoding = text_encoding(start, layout.encoding)
        with self._text() as text:
            sample = list(islice(iter(partial(text.readline, START), ""), HEADER_WITHIN))
        is_utf8 = self.encoding.startswith("utf-8")
        self.start = "".join(sample).encode("utf-8", "surrogateescape") if is_utf8 else b""
        named = _named_delimiter(sample[0]) if sample else None
        choices = named or layout.delimiter or DELIMITERS
        headers = {
            delimiter: find_header(_rows(sample, delimiter, self._added), layout, needed)
            for delimiter in choices
        }
        self._delimiter = max(
            headers,
            key=lambda each: (matches(headers[each].columns, needed), headers[each].width),
        )
        self.header: Header = headers[self._delimiter]
        self.form = f"text in {self.encoding}, separated by {self._delimiter!r}"
        titles = (self._title(line) for line in sample[: self.header.end - 1])
        self._titles = set(filter(None, titles))
        if named and layout.columns and not layout.skip:
            self.header = self.header._replace(end=1)

    def lines(self) -> Iterator[Line]:
        """Yield the lines below the header. Raises UnicodeError."""
        added = self._added
        with self._text() as text:
            below = islice(self._short(text), self.header.end, None)
            lines = CsvLines(below, self._delimiter, self.header.end)
            for line in lines.lines(self.header.width + added):
                if added:
                    yield unrejected(line, added)
                elif not line.problem or self._title("".join(line.original)) not in self._titles:
                    yield line

    def _short(self, text: TextIO) -> Iterator[str]:
        """Yield lines of text. Raises UserError for one that would take much memory."""
        number = 0
        while line := text.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                raise UserError(
                    f"{self._name} has more than {LONGEST:,} characters in line {number}: it is no "
                    "table of lines."
                )
            yield line

    def _title(self, line: str) -> str:
        """Return a line above the header as it stands on every page, whatever its date and number.

        "" for one of digits only.
        """
        return re.sub(rf"\d+|{re.escape(self._delimiter)}", "", line).strip()

    def _text(self) -> TextIO:
        return self._path.open(encoding=self.encoding, errors="surrogateescape", newline="")


def _named_delimiter(line: str) -> str | None:
    """Return the separator of a first line such as sep=; of Excel."""
    text = line.strip().strip('"')
    named = text[4:] or "," if text.lower().startswith("sep=") else ""
    return named if len(named) == 1 and named not in '"\r\n' else None


def _rows(sample: list[str], delimiter: str, added: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sample, each with the number of its last line of text."""
    reader = csv.reader(sample, delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells[added:]
    except csv.Error:
        return
