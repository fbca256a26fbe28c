"""Records spilled to disk by the hash of a key, and read back one bucket at a time.

Memory stays bounded for any number of records: records of one key are in one bucket, and one
bucket is in memory at a time (hash partitioning, as in Grace hash join: Kitsuregawa et al., 1983).
"""

import pickle
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any
from zlib import crc32

from audit.delivery import Key
from schemas.record import Record

BUFFERED = 64
"""Rows of a bucket that are written together."""


class Spill:
    """Buckets of (tag, record or None), each a file of a folder, in the order of `put`."""

    def __init__(self, folder: Path, buckets: int, record_types: Sequence[type[Record]]) -> None:
        folder.mkdir()
        self._files = [folder / f"{number}.pickle" for number in range(buckets)]
        self._rows: list[list[tuple[Any, ...]]] = [[] for _ in range(buckets)]
        self._numbers = {record_type: number for number, record_type in enumerate(record_types)}
        self._layouts = [_Layout(record_type) for record_type in record_types]

    def put(self, key: Key, tag: Hashable, record: Record | None) -> None:
        """Add a record, or a tag alone, to the bucket of its key. tag: any picklable value."""
        bucket = crc32("\0".join(key).encode()) % len(self._rows)
        rows = self._rows[bucket]
        if record is None:
            rows.append((None, tag, ()))
        else:
            number = self._numbers[type(record)]
            rows.append((number, tag, self._layouts[number].values(record)))
        if len(rows) >= BUFFERED:
            self._write(bucket)

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Iterator[tuple[Any, Any]]]:
        """Yield each bucket once; its file is deleted afterwards."""
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
                    yield tag, None if number is None else self._layouts[number].record(values)


class _Layout:
    """Conversion of a record to the tuple of its fields, which pickles three times faster."""

    def __init__(self, record_type: type[Record]) -> None:
        names = [each.name for each in fields(record_type)]  # type: ignore[arg-type]
        self.values = attrgetter(*names)
        self._record_type = record_type
        # The records are frozen: set their slots, as the decoder does.
        self._setters = [record_type.__dict__[name].__set__ for name in names]

    def record(self, values: tuple[Any, ...]) -> Record:
        record = self._record_type.__new__(self._record_type)
        for setter, value in zip(self._setters, values, strict=True):
            setter(record, value)
        return record
