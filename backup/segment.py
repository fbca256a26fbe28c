"""Messages in a file: Parquet with zstd, which DuckDB and pandas read, too.

Never more than a row group of a file is in memory.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from connect.message_headers import Headers

COLUMNS = pa.schema(
    [
        pa.field("offset", pa.int64()),
        pa.field("timestamp", pa.int64()),
        pa.field("key", pa.binary()),
        pa.field("value", pa.binary()),
        pa.field("headers", pa.map_(pa.string(), pa.binary())),
    ]
)
GROUP_MESSAGES, GROUP_BYTES = 20_000, 16 << 20
"""Size at which a row group is written."""
READ_MESSAGES = 5_000


class SavedMessage(NamedTuple):
    """A message of a partition."""

    offset: int
    timestamp: int
    """Kafka's, in milliseconds since 1970."""
    key: bytes | None
    value: bytes | None
    headers: Headers | None

    @property
    def size(self) -> int:
        """Bytes, about."""
        size = len(self.key or b"") + len(self.value or b"")
        for name, value in self.headers or ():
            size += len(name) + len(value or b"")
        return size


def write(file: Path, messages: Iterable[SavedMessage]) -> int:
    """Write messages into a file that is on the disk at the end; return their number."""
    count = size = 0
    group: list[SavedMessage] = []
    with pq.ParquetWriter(file, COLUMNS, compression="ZSTD", use_dictionary=["key"]) as writer:
        for message in messages:
            group.append(message)
            count, size = count + 1, size + message.size
            if len(group) >= GROUP_MESSAGES or size >= GROUP_BYTES:
                writer.write_table(_table(group))
                group, size = [], 0
        writer.write_table(_table(group))
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    return count


def read(file: Path) -> Iterator[SavedMessage]:
    """Yield the messages of a file."""
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(READ_MESSAGES, use_threads=False):
            *columns, headers = batch.columns
            # A list of nulls takes longer than all other columns.
            none = [None] * len(headers)
            rows = none if headers.null_count == len(headers) else headers.to_pylist()
            yield from map(SavedMessage, *(each.to_pylist() for each in columns), rows)


def _table(messages: list[SavedMessage]) -> pa.Table:
    columns = list(zip(*messages, strict=True)) or [()] * len(COLUMNS)
    arrays = [pa.array(each, of.type) for each, of in zip(columns, COLUMNS, strict=True)]
    return pa.table(arrays, schema=COLUMNS)
