"""File of rejected lines with their reasons, to be corrected by hand."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from connect.errors import UserError

HEADER = ["line", "reason"]


class Rejects:
    """A CSV file of line number, reason, and the line's own columns as in the export.

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

    def add(self, line: int, reason: str, original: Sequence[str]) -> None:
        """Write one line. Raises UserError when the file cannot be written."""
        try:
            if self._file is None:
                self._file = self.path.open(
                    "w", encoding="utf-8", errors="surrogateescape", newline=""
                )
                self._writer = csv.writer(self._file)
                self._writer.writerow([*HEADER, *self._columns])
            self._writer.writerow([line, reason, *original])
        except OSError as error:
            raise UserError(
                f"{self.path} cannot be written ({error.strerror}): name another file with "
                "--rejects."
            ) from None
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(b"line,reason,")) == b"line,reason,"
    except OSError:
        return False
