"""Atomic writes: a file has its old content or the whole new one, also after a power cut."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary file in the same folder, sync it to disk, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
