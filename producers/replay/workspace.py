"""A database in memory, in which a mapping's expressions are evaluated.

A mapping is brought by a user: its SQL sees the tables of its files, and nothing else of the
machine. Memory is limited; what does not fit is in a temporary folder.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from connect.errors import UserError
from producers.replay import numbers, times
from producers.replay.column_names import vocabulary
from producers.replay.expressions import OFFLINE, PART, Config, literal, quoted
from producers.replay.measures import base_units
from producers.replay.part import Part
from producers.replay.text_table import OWN

Database = duckdb.DuckDBPyConnection
MEMORY = "150MB"
"""DuckDB fills what it may use, for long files; so that this is small."""
THREADS = "1"
"""Each has buffers of its own; nearly all time is spent in Python."""
SQL = Path(__file__).parent / "sql"
MACROS = ("am_pm", "english_date", "number", "excel_time", "wall_clock", "word")
"""Functions for the expressions of a mapping, each after those that it calls."""
NO_MEMORY = (duckdb.OutOfMemoryException, duckdb.TransactionException)


@contextmanager
def workspace(zone: ZoneInfo | None, comma: bool | None) -> Iterator[Database]:
    """Open a database that reads no file and loads no extension."""
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        sandbox: Config = {
            "enable_external_access": "false",
            "python_enable_replacements": "false",
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": folder,
        }
        with duckdb.connect(config=OFFLINE | sandbox) as database:
            # Global, as a cursor is a session of its own.
            try:
                database.execute(f"SET GLOBAL TimeZone = '{zone.key if zone else 'UTC'}'")
            except duckdb.Error:
                assert zone is not None
                raise UserError(
                    f"time_zone of the mapping: DuckDB does not know {zone.key!r}: name the zone "
                    "by a city, such as Europe/Berlin."
                ) from None
            database.execute("SET lock_configuration = true")
            read = lru_cache(100_000)(lambda text: float(numbers.number(text, comma)))
            database.create_function("read_number", read, ["VARCHAR"], "DOUBLE")
            measure = lru_cache(10_000)(lambda text: float(base_units(text, comma)))
            database.create_function("base_units", measure, ["VARCHAR"], "DOUBLE")
            database.create_function("in_zone", _in_zone, ["TIMESTAMP", "VARCHAR"], "TIMESTAMPTZ")
            months = {
                word: name for name, words in vocabulary()["months"].items() for word in words
            }
            database.execute(statement("macros/english_month", months=months))
            for macro in MACROS:
                database.execute(statement(f"macros/{macro}"))
            try:
                yield database
            except NO_MEMORY:
                raise UserError(
                    f"The expressions of the mapping need more than {MEMORY} of memory: simplify "
                    "those with OVER and the join, or replay the file in parts; what was sent is "
                    "recognised."
                ) from None


def statement(name: str, **parts: Any) -> str:
    """Return the text of a file of sql/. parts: SQL that stands in it in braces."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return text.format(**parts) if parts else text


def store(database: Database, table: str, parts: list[Part], limit: int | None = None) -> None:
    """Store parts below each other in a table, with the columns of the first.

    The numbers of lines run on from part to part. limit: number of lines. Raises UserError.
    """
    columns = {name.casefold(): name for name in parts[0].columns}
    types: dict[str, Any] = OWN | dict.fromkeys(columns.values(), pa.string())
    empty: Any = pa.schema(list(map(pa.field, types, types.values()))).empty_table()
    first, count = 0, 0
    for part in parts:
        shared = [name for name in part.columns if name.casefold() in columns]
        names = ", ".join(quoted(name) for name in (*OWN, *shared) if name != "file_line")
        last = 0
        for batch in chain(part.batches, () if count else (empty,)):
            rows = batch.slice(0, None if limit is None else limit - count)
            numbers: Any = pa.array(range(count + 1, count + rows.num_rows + 1), pa.int64())
            database.register("batch", pa.table(rows).append_column("file_row", numbers))
            create = f"INSERT INTO {quoted(table)} BY NAME"
            if not count:
                create = f"CREATE OR REPLACE TABLE {quoted(table)} AS"
            # Each in a transaction of its own, as a long one keeps the memory of every batch.
            place = f"file_row, file_line + {first} AS file_line, {literal(part.title)} AS {PART}"
            try:
                database.execute(f"{create} SELECT {place}, {names} FROM batch")
            except NO_MEMORY:
                raise UserError(
                    f"{part.name} has {len(part.columns):,} columns, which need more than {MEMORY} "
                    "of memory: delete those that you do not need; nothing was sent."
                ) from None
            database.unregister("batch")
            count += rows.num_rows
            last = rows["file_line"][-1].as_py() if rows.num_rows else last
            if count == limit:
                break
        first += last


@lru_cache(100_000)
def _in_zone(time: datetime, zone: str) -> datetime:
    return times.instant(time, ZoneInfo(zone))
