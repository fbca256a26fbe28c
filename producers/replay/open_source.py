"""Opening of a file as CSV or Parquet, by its first bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connect.errors import UserError
from producers.replay import parquet_file
from producers.replay.csv_file import CsvFile
from producers.replay.mapping import Mapping
from producers.replay.parquet_file import ParquetFile
from producers.replay.row_batch import Source


@contextmanager
def open_source(path: Path, mapping: Mapping) -> Iterator[Source]:
    """Open a file that has every column of the mapping. Raises UserError."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    with raw:
        start = raw.peek(len(parquet_file.MAGIC))
        if not start:
            raise UserError(f"{path} is empty: there is nothing to replay.")
        is_parquet = start.startswith(parquet_file.MAGIC)
        source: Source = (ParquetFile if is_parquet else CsvFile)(path, raw, mapping)
        missing = [name for name in mapping.needed() if name not in source.columns]
        if missing:
            hint = " (is csv.delimiter right?)" if len(source.columns) == 1 else ""
            raise UserError(
                f"The mapping {mapping.path} names column {missing[0]!r}, which {path} lacks; its "
                f"columns are: {', '.join(source.columns)}{hint}."
            )
        yield source
