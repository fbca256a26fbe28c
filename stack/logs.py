"""Logs of services: their last lines, and new lines as they are written."""

import time
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.3
TAIL_BYTES = 200_000


def last_lines(file: Path, count: int) -> list[str]:
    with file.open("rb") as log:
        log.seek(0, 2)
        log.seek(max(log.tell() - TAIL_BYTES, 0))
        return log.read().decode(errors="replace").splitlines()[-count:]


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
