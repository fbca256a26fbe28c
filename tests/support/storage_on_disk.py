"""flink.storage of local files without Java, for tests that run no Flink.

tests/integration/flink/test_storage.py compares it with Flink's file systems.
"""

import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from connect.atomic_write import write_atomically
from connect.errors import UserError
from flink import checkpoints, storage
from flink.storage import Entry, MissingFileError

FUNCTIONS = ("entries", "exists", "size", "written", "read", "write", "delete")


class StorageOnDisk:
    """The functions of flink.storage, by their names."""

    def __init__(self) -> None:
        self._closed = False

    def replace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let flink.storage read and write local files without Java."""
        monkeypatch.setattr(checkpoints, "POLL_SECONDS", 0.01)
        for name in FUNCTIONS:
            monkeypatch.setattr(storage, name, getattr(self, name))

    def close(self) -> None:
        """End the threads that still look for a checkpoint: they would do so by Flink."""
        self._closed = True
        for thread in threading.enumerate():
            if thread.name == checkpoints.CLEANER:
                thread.join()

    def entries(self, folder: str) -> list[Entry]:
        path = self._path(folder)
        inner = path.iterdir() if path.is_dir() else ()
        return [Entry(f"{folder}/{each.name}", each.is_dir()) for each in inner]

    def exists(self, url: str) -> bool:
        return self._path(url).exists()

    def size(self, url: str) -> int:
        return self._there(url).stat().st_size

    def written(self, url: str) -> float:
        return self._there(url).stat().st_mtime

    def read(self, url: str) -> bytes:
        return self._there(url).read_bytes()

    def write(self, url: str, content: bytes) -> None:
        write_atomically(self._path(url), content)

    def delete(self, url: str) -> None:
        path = self._path(url)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        if self._closed:
            raise UserError("The test has ended.")
        return Path(unquote(urlparse(url).path))

    def _there(self, url: str) -> Path:
        path = self._path(url)
        if not path.exists():
            raise MissingFileError(url)
        return path
