"""The lines that could not be sent, with the reason, for a person to mend."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from connect.errors import UserError

HEADER = ["line", "reason"]


class Rejects:
    """A CSV file: line number, reason, then the line's own columns as they stood in the export.

    A line that is no CSV stands as one field. The file is made when the first line comes; one
    that an earlier replay has left is removed, another file of that name is not touched.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._columns = columns
        self._file: IO[str] | None = None
        self._writer: Any = None
        if path.exists():
            if not _is_ours(path):
                raise UserError(f"{path} is there and no file of rejects: name one with --rejects.")
            path.unlink()

    def add(self, line: int, reason: str, original: Sequence[str]) -> None:
        """Keep one line. Raises UserError when the file cannot be written."""
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
        kind: type[BaseException] | None,
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
