"""Records put aside on disk by the hash of a key, and taken up again one bucket at a time.

This is how any number of records is judged in bounded memory: records that belong together
have one key, so they are in one bucket, and only one bucket is in memory at once (hash
partitioning, as in Grace hash join: Kitsuregawa et al., 1983).
"""

import pickle
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any
from zlib import crc32

from audit.events import Key
from schemas.record import Record

BUFFERED = 64
"""Rows of a bucket that are written at once."""


class Spill:
    """Buckets of (tag, record), each a file of a folder, in the order in which they were put."""

    def __init__(self, folder: Path, buckets: int, kinds: Sequence[type[Record]]) -> None:
        folder.mkdir()
        self._files = [folder / f"{number}.pickle" for number in range(buckets)]
        self._rows: list[list[tuple[Any, ...]]] = [[] for _ in range(buckets)]
        self._numbers = {kind: number for number, kind in enumerate(kinds)}
        self._shapes = [_Shape(kind) for kind in kinds]

    def put(self, key: Key, tag: Hashable, record: Record) -> None:
        """Put a record aside with all others of its key. tag: of plain values."""
        bucket = crc32("\0".join(key).encode()) % len(self._rows)
        number = self._numbers[type(record)]
        rows = self._rows[bucket]
        rows.append((number, tag, self._shapes[number].values(record)))
        if len(rows) >= BUFFERED:
            self._write(bucket)

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Iterator[tuple[Any, Any]]]:
        """Each bucket once; its file is gone afterwards."""
        for bucket, file in enumerate(self._files):
            self._write(bucket)
            yield self._read(file)
            file.unlink(missing_ok=True)

    def _write(self, bucket: int) -> None:
        if self._rows[bucket]:
            with self._files[bucket].open("ab") as file:
                pickle.dump(self._rows[bucket], file, pickle.HIGHEST_PROTOCOL)
            self._rows[bucket] = []

    def _read(self, path: Path) -> Iterator[tuple[Any, Any]]:
        if not path.exists():
            return
        with path.open("rb") as file:
            while file.peek(1):
                for number, tag, values in pickle.load(file):
                    yield tag, self._shapes[number].record(values)


class _Shape:
    """A record as the plain tuple of its fields, which pickles three times faster."""

    def __init__(self, kind: type[Record]) -> None:
        names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
        self.values = attrgetter(*names)
        self._kind = kind
        # As the decoder does: frozen records are filled through their slots.
        self._setters = [kind.__dict__[name].__set__ for name in names]

    def record(self, values: tuple[Any, ...]) -> Record:
        record = self._kind.__new__(self._kind)
        for setter, value in zip(self._setters, values, strict=True):
            setter(record, value)
        return record
