"""File of rejected lines with their reasons, to be corrected by hand and replayed."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from connect.errors import UserError
from connect.safe_text import for_spreadsheet
from producers.replay.csv_lines import Line
from producers.replay.file_kind import start_of

HEADER = ["line", "place", "reason"]
"""place: number of the line among those with equal event_id columns, for each kind of event of the
mapping, joined by bars: a spreadsheet makes a date of 1/2. Files of earlier versions have slashes,
or no places."""
PLACE = re.compile(r"\d*(/\d+)*")


class Rejects:
    """A CSV file of line number, place, reason, and the line's own columns as in the export.

    A line that is invalid CSV is one field. The file is created with the first line. That of an
    earlier replay is removed; any other file of that name is an error.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._columns = columns
        self._file: IO[str] | None = None
        self._writer: Any = None
        if path.exists():
            if not _is_ours(path):
                raise UserError(
                    f"{path} exists and is not a file of rejects: name another with --rejects."
                )
            path.unlink()

    def add(self, line: int, place: str, reason: str, original: Sequence[str]) -> None:
        """Write one line. Raises UserError when the file cannot be written."""
        try:
            if self._file is None:
                self._file = self.path.open(
                    "w", encoding="utf-8", errors="surrogateescape", newline=""
                )
                self._writer = csv.writer(self._file)
                self._writer.writerow([*HEADER, *self._columns])
            bars = place.replace("/", "|")
            self._writer.writerow([line, bars, for_spreadsheet(reason), *original])
        except OSError as error:
            raise UserError(
                f"{self.path} cannot be written ({error.strerror}): name another file with "
                "--rejects."
            ) from None
        self.count += 1

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def added_columns(start: bytes) -> int:
    """Count the columns that a file of rejects has before its export's; 0 for any other file."""
    mark = re.match(rb'(\xef\xbb\xbf)?"?line"?([,;\t])"?(place"?\2"?)?reason"?\2', start)
    return 0 if mark is None else 3 if mark[3] else 2


def added_cells(cells: Sequence[Any]) -> int:
    """Count such columns in the header of a sheet."""
    first = [str(cell).strip().casefold() for cell in cells[: len(HEADER)]]
    return len(HEADER) if first == HEADER else 0


def unrejected(line: Line, added: int) -> Line:
    """Return a line of a file of rejects as a line of its export."""
    number, *others = (*map(str, line.cells[:added]), *[""] * (added - len(line.cells)))
    place = others[0].replace("|", "/") if added == len(HEADER) else ""
    problem = "" if PLACE.fullmatch(place) else f"place: {place} is no place: write it as it was"
    return line._replace(
        number=int(number) if number.isdecimal() else line.number,
        cells=line.cells[added:],
        original=line.original[added:],
        place=place,
        problem=line.problem or problem,
    )


def _is_ours(path: Path) -> bool:
    try:
        return added_columns(start_of(path)) > 0
    except OSError:
        return False
