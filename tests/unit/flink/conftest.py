"""Checkpoints on the local disk, without Java."""

from collections.abc import Iterator

import pytest

from tests.support.storage_on_disk import StorageOnDisk


@pytest.fixture(autouse=True)
def _storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    storage = StorageOnDisk()
    storage.replace(monkeypatch)
    yield
    storage.close()
