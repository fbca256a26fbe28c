"""Checksum of a file, which is read to its end before a record is sent.

Compressed files carry checksums after the data: only a file that was read whole is known to be
complete.
"""

import hashlib
from pathlib import Path

from connect.errors import UserError
from connect.progress import bar
from producers.replay.compression import BROKEN, plain

CHUNK = 1 << 16
LARGE = 200 << 20


def digest(file: Path) -> str:
    """Return the SHA-256 of the decompressed content. Raises UserError for a damaged file."""
    hashed = hashlib.sha256()
    newlines = 0
    try:
        size = file.stat().st_size
        with file.open("rb") as raw, bar("lines") as progress:
            task = progress.add_task("checking the file", total=size, visible=size > LARGE)
            stream = plain(raw)
            while chunk := stream.read(CHUNK):
                hashed.update(chunk)
                newlines += chunk.count(b"\n")
                progress.update(task, completed=raw.tell(), items=newlines)
    except BROKEN as error:
        raise UserError(
            f"{file} is cut off or damaged after line {newlines:,} ({error}): get the file again; "
            "nothing was sent."
        ) from None
    return hashed.hexdigest()
