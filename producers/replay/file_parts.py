"""Files as tables of DuckDB: one row a line, with its number and what is wrong with it."""

import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from connect.errors import UserError
from producers.replay.csv_text import text_part
from producers.replay.expressions import references
from producers.replay.file_kind import Kind
from producers.replay.header import named_once
from producers.replay.json_objects import json_part
from producers.replay.mapping import Layout, Mapping
from producers.replay.part import Batches, Expected, Part
from producers.replay.sheet_file import sheet_parts
from producers.replay.text_table import OWN, SIZE
from producers.replay.unpack import Unpacked, unpack

NAME = re.compile(r'"([^"]+)"|(\w+)')


@contextmanager
def parts(path: Path, comma: bool | None, layout: Layout, needed: set[str]) -> Iterator[list[Part]]:
    """Open what a file holds. needed: names of columns, casefolded. Raises UserError.

    comma: numbers are written with a decimal comma.
    """
    before = _state(path)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        files = unpack(path, Path(folder), layout.part)
        held = [part for file in files for part in _parts(file, Expected(layout, needed, comma))]
        if held and all(part.problem for part in held):
            raise UserError(held[0].problem)
        yield held
    if _state(path) != before:
        raise UserError(
            f"{path} was changed while it was read: wait until it is written whole, then try "
            "again; nothing was sent."
        )


def _state(path: Path) -> tuple[int, ...]:
    """Return what changes with a file's content. Raises UserError for what is no file on a disk."""
    try:
        state = path.stat()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    if stat.S_ISFIFO(state.st_mode) or stat.S_ISSOCK(state.st_mode):
        raise UserError(f"{path} is a pipe, which cannot be read twice: save it as a file first.")
    return state.st_ino, state.st_size, state.st_mtime_ns


def needed_columns(mapping: Mapping) -> set[str]:
    """Return the names, casefolded, that the columns of a mapping's file may have."""
    names = {name.casefold() for pair in NAME.findall(mapping.join) for name in pair if name}
    for sql in (*mapping.expressions(), *mapping.columns.values()):
        names |= {name.casefold() for name in (sql, *references(sql))}
    return names - {name.casefold() for name in mapping.columns}


def _parts(file: Unpacked, expected: Expected) -> Iterator[Part]:
    if file.problem:
        yield Part(
            name=file.name,
            title=file.title,
            form="no table",
            batches=iter(()),
            problem=f"Not read: {file.problem}",
        )
        return
    match file.kind:
        case Kind.PARQUET:
            yield _parquet(file)
        case Kind.WORKBOOK:
            yield from sheet_parts(file, expected)
        case Kind.JSON:
            yield json_part(file, expected)
        case _:
            yield text_part(file, expected)


def _parquet(file: Unpacked) -> Part:
    try:
        table = pq.ParquetFile(str(file.path))
        columns = named_once(table.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file.name, error) from None

    def read() -> Batches:
        count = 0
        try:
            for rows in table.iter_batches(SIZE):
                numbers = range(count + 1, count + rows.num_rows + 1)
                own: list[Any] = [
                    pa.array(numbers) if name == "file_line" else pa.nulls(rows.num_rows, kind)
                    for name, kind in OWN.items()
                ]
                # Without a name, the last columns have no place.
                cells = [*own, *map(_plain, rows.columns[: len(columns)])]
                yield pa.RecordBatch.from_arrays(cells, names=[*OWN, *columns])
                count += rows.num_rows
        except (pa.ArrowException, OSError) as error:
            raise _damaged(file.name, error) from None

    form = "a Parquet file"
    return Part(name=file.name, title=file.title, form=form, columns=columns, batches=read())


def _plain(column: Any) -> Any:
    """Return a column with its values, not with numbers of a dictionary, in types of DuckDB."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    if pa.types.is_decimal256(column.type):
        return column.cast(pa.decimal128(38, column.type.scale))
    if pa.types.is_float16(column.type):
        return column.cast(pa.float32())
    if re.search("decimal256|halffloat", str(column.type)):
        held = (None if value is None else str(value) for value in column.to_pylist())
        return pa.array(held, pa.string())
    return column


def _damaged(name: str, error: BaseException) -> UserError:
    return UserError(
        f"{name} is a Parquet file that cannot be read ({' '.join(str(error).split())}): get the "
        "file again; nothing was sent."
    )
