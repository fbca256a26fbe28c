"""A CSV file as lines: its encoding, its separator, and where its header stands."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TextIO

from connect.errors import UserError
from producers.replay.csv_lines import CsvLines, Line
from producers.replay.file_kind import START, start_of, text_encoding
from producers.replay.header import HEADER_WITHIN, find_header, matches
from producers.replay.mapping import Layout
from producers.replay.part import Expected, Part
from producers.replay.rejects import added_columns, unrejected
from producers.replay.text_table import batches
from producers.replay.unpack import Unpacked

DELIMITERS = ",;\t|"
LONGEST = 1 << 20
"""Characters in a line of text."""
# Of the process. A line with a longer cell would have no cells, as a blank one has none.
csv.field_size_limit(LONGEST)


def text_part(file: Unpacked, expected: Expected) -> Part:
    """Open a CSV file. A file of rejects is read as it was written, whatever its export was."""
    start, needed = start_of(file.path), expected.needed
    added = added_columns(start)
    layout = Layout() if added else expected.layout
    encoding = text_encoding(start, layout.encoding)

    @contextmanager
    def opened() -> Iterator[TextIO]:
        try:
            with file.path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
                yield text
        except UnicodeError as error:
            named = getattr(error, "encoding", "text")
            raise UserError(
                f"{file.name} is not {named}: set csv.encoding in the mapping."
            ) from None

    with opened() as text:
        sample = list(islice(iter(partial(text.readline, START), ""), HEADER_WITHIN))
    named = _named_delimiter(sample[0]) if sample else None
    headers = {
        delimiter: find_header(_rows(sample, delimiter, added), layout, needed)
        for delimiter in named or layout.delimiter or DELIMITERS
    }
    delimiter = max(
        headers, key=lambda each: (matches(headers[each].columns, needed), headers[each].width)
    )
    header = headers[delimiter]
    titles = {_title(line, delimiter) for line in sample[: header.end - 1]} - {""}
    if named and layout.columns and not layout.skip:
        header = header._replace(end=1)

    def is_title(line: Line) -> bool:
        return _title("".join(line.original), delimiter) in titles

    def lines() -> Iterator[Line]:
        with opened() as text:
            below = islice(_short(text, file.name), header.end, None)
            read = CsvLines(below, delimiter, header.end).lines(header.width + added)
            if added:
                read = (unrejected(line, added) for line in read)
            elif titles:
                read = (line for line in read if not line.problem or not is_title(line))
            yield from read

    is_utf8 = encoding.startswith("utf-8")
    return Part(
        name=file.name,
        title=file.title,
        form=f"text in {encoding}, separated by {delimiter!r}",
        columns=header.columns,
        batches=batches(lines(), header, needed, encoding),
        is_rejects=added > 0,
        start="".join(sample).encode("utf-8", "surrogateescape") if is_utf8 else b"",
    )


def _short(text: TextIO, name: str) -> Iterator[str]:
    """Yield lines of text. Raises UserError for one that would take much memory."""
    for number, line in enumerate(iter(partial(text.readline, LONGEST), ""), start=1):
        if len(line) == LONGEST:
            raise UserError(
                f"{name} has more than {LONGEST:,} characters in line {number}: it is no table of "
                "lines."
            )
        yield line


def _title(line: str, delimiter: str) -> str:
    """Return a line above the header as it stands on every page, whatever its date and number.

    "" for one of digits only.
    """
    return re.sub(rf"\d+|{re.escape(delimiter)}", "", line).strip()


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
