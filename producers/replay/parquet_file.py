"""A Parquet file as a source of batches, read by row group, never whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt

from connect.errors import UserError
from producers.replay.mapping import Mapping
from producers.replay.row_batch import SIZE, Batch

MAGIC = b"PAR1"
BEGINNING = datetime(1970, 1, 1)


class ParquetFile:
    """Reads a Parquet file. A line's number is its row, counted from 1."""

    def __init__(self, path: Path, raw: BufferedReader, mapping: Mapping) -> None:
        self._path = path
        try:
            self._file = pq.ParquetFile(raw)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(0, error) from None
        metadata = self._file.metadata
        assert metadata is not None
        self._total = int(metadata.num_rows)
        schema = self._file.schema_arrow
        self.columns = tuple(schema.names)
        self._places = {name: place for place, name in enumerate(self.columns)}
        self._read = 0
        for name in mapping.needed():
            column_type = schema.types[self._places[name]] if name in self._places else pa.string()
            if not _is_plain(column_type):
                raise UserError(
                    f"Column {name!r} of {path} is {column_type}: a mapping can use text, numbers, "
                    "dates and timestamps."
                )

    @property
    def done(self) -> float:
        """Share of the rows that is read."""
        return self._read / self._total if self._total else 1.0

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in batches."""
        try:
            for rows in self._file.iter_batches(SIZE):
                yield self._batch(rows)
                self._read += rows.num_rows
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(self._read, error) from None

    def _batch(self, rows: pa.RecordBatch) -> Batch:
        def original(index: int) -> list[str]:
            return [_shown(column[index]) for column in rows.columns]

        first = self._read + 1
        return Batch(
            lines=list(range(first, first + rows.num_rows)),
            column=lambda name: _values(rows.column(self._places[name])),
            original=original,
        )

    def _damaged(self, row: int, error: BaseException) -> UserError:
        return UserError(
            f"{self._path} is a Parquet file that cannot be read after row {row:,} "
            f"({' '.join(str(error).split())}): get the file again."
        )


def _shown(value: Any) -> str:
    try:
        held = value.as_py()
    except (ValueError, OverflowError):
        held = value.value
    return "" if held is None else str(held)


def _values(column: Any) -> list[Any]:
    column_type: Any = column.type
    if pt.is_timestamp(column_type):
        # Cached, as lines of one receipt share their time, and pyarrow is many times slower.
        in_microseconds = column.cast(
            pa.timestamp("us", column_type.tz), safe=column_type.unit != "ns"
        )
        counted = in_microseconds.cast(pa.int64())
        return list(map(_utc if column_type.tz else _wall_clock, counted.to_pylist()))
    return list(column.to_pylist())


@lru_cache(maxsize=SIZE)
def _wall_clock(microseconds: int | None) -> datetime | str | None:
    """Return the time; if it is out of range, a text for the reason."""
    try:
        return None if microseconds is None else BEGINNING + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds since 1970"


def _utc(microseconds: int | None) -> datetime | str | None:
    time = _wall_clock(microseconds)
    return time.replace(tzinfo=UTC) if isinstance(time, datetime) else time


def _is_plain(column_type: Any) -> bool:
    if pt.is_dictionary(column_type):
        column_type = column_type.value_type
    tests = (
        pt.is_integer,
        pt.is_floating,
        pt.is_decimal,
        pt.is_string,
        pt.is_large_string,
        pt.is_timestamp,
        pt.is_date,
    )
    return any(test(column_type) for test in tests)
