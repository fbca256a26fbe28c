"""Logs of services: their last lines, new lines as they are written, the cause of a failure."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.3
TAIL_BYTES = 200_000


CAUSES = (
    re.compile(r"(?:Error:|\S+Z ERROR +\w+:) (?!\S+ - )(.+)"),  # of a command or part, no library
    re.compile(r"((?:Exception in thread|[\w.]+(?:Error|Exception)\b).+)"),
    re.compile(r".*\b(?:ERROR|FATAL)\b\W*(.+)"),
)
"""Lines that name the cause of a failure, the clearest form first."""


def last_lines(file: Path, count: int) -> list[str]:
    return lines_since(file, 0)[-count:]


def size(file: Path) -> int:
    """Return the size of a log in bytes; 0 if there is none."""
    return file.stat().st_size if file.exists() else 0


def lines_since(file: Path, position: int) -> list[str]:
    """Return the newest lines after a position; of a log that was rotated since, all of them."""
    with file.open("rb") as log:
        end = log.seek(0, 2)
        log.seek(max(end - TAIL_BYTES, position if position <= end else 0))
        return log.read().decode(errors="replace").splitlines()


def cause(lines: list[str]) -> str | None:
    """Return the newest line that names the cause of a failure; None if there is none."""
    lines = [_as_text(line) for line in lines]
    for pattern in CAUSES:
        causes = [match[1] for line in lines if (match := pattern.match(line))]
        if causes:
            return causes[-1]
    return None


def _as_text(line: str) -> str:
    """Return a line in JSON as connect.part_log writes it as text."""
    if not line.startswith("{"):
        return line
    try:
        fields = json.loads(line)
        return "{time} {level:7} {part}: {message}".format(**fields)
    except (ValueError, KeyError, TypeError):
        return line


def follow(files: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield new lines of the files, endlessly; a rotated file is read from its beginning."""
    opened = {file: file.stat().st_size for file in files}
    while True:
        for file, position in opened.items():
            try:
                size = file.stat().st_size
            except FileNotFoundError:  # between the two renames of a rotation
                continue
            with file.open("rb") as log:
                log.seek(position if size >= position else 0)
                whole, newline, _ = log.read().rpartition(b"\n")
                opened[file] = (position if size >= position else 0) + len(whole) + len(newline)
            for line in whole.decode(errors="replace").splitlines():
                yield file, line
        time.sleep(POLL_SECONDS)
