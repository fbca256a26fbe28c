"""Atomic writes: a file has its old content or the whole new one, also after a power cut."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write to a temporary file in the same folder, sync it to disk, then rename it.

    mode: permissions of the file, less those that the process masks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)  # one of a crash may have another mode
    with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
