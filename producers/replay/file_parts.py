"""Files as tables of DuckDB: one row a line, with its number and what is wrong with it."""

import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from connect.errors import UserError
from producers.replay.csv_text import TextFile
from producers.replay.expressions import references
from producers.replay.file_kind import Kind
from producers.replay.header import named_once
from producers.replay.json_objects import JsonFile
from producers.replay.mapping import Layout, Mapping
from producers.replay.sheet_file import SheetFile, sheets
from producers.replay.text_table import OWN, SIZE, batches
from producers.replay.unpack import Unpacked, unpack

NAME = re.compile(r'"([^"]+)"|(\w+)')
Batches = Iterator[pa.RecordBatch]


@dataclass(slots=True, kw_only=True)
class Part:
    """A sheet or a file of an archive, or the whole of another file, that is not yet read."""

    name: str
    title: str
    """The name of the sheet, or of the file, by itself."""
    form: str
    """Words for a person, such as "text in utf-8, separated by ','"."""
    columns: tuple[str, ...]
    batches: Batches
    """With OWN before the columns; raises UserError."""
    is_rejects: bool = False
    start: bytes = b""
    """First lines of text in UTF-8, also of other bytes."""


@contextmanager
def parts(path: Path, comma: bool | None, layout: Layout, needed: set[str]) -> Iterator[list[Part]]:
    """Open what a file holds. needed: names of columns, casefolded. Raises UserError.

    comma: numbers are written with a decimal comma.
    """
    before = _state(path)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        pattern = layout.part
        yield [
            part
            for unpacked in unpack(path, Path(folder), pattern)
            for part in _parts(unpacked, comma, layout, needed)
        ]
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


def _parts(
    unpacked: Unpacked, comma: bool | None, layout: Layout, needed: set[str]
) -> Iterator[Part]:
    name, path, kind = unpacked
    own_title = Path(name.rpartition(": ")[2]).name.partition(".")[0]
    match kind:
        case Kind.PARQUET:
            yield _parquet(name, own_title, path)
        case Kind.WORKBOOK:
            for title, sheet in sheets(name, path, layout.part):
                if sheet is None:
                    hidden = f"{name}, hidden sheet {title!r}"
                    yield Part(
                        name=hidden, title=title, form="hidden", columns=(), batches=iter(())
                    )
                else:
                    source = SheetFile(sheet, layout, needed, comma)
                    yield _part(f"{name}, sheet {title!r}", title, source, needed)
        case Kind.JSON:
            yield _part(name, own_title, JsonFile(name, path, comma), needed)
        case _:
            try:
                yield _part(name, own_title, TextFile(name, path, layout, needed), needed)
            except UnicodeError as error:
                raise _undecodable(name, error) from None


def _part(name: str, title: str, source: TextFile | SheetFile | JsonFile, needed: set[str]) -> Part:
    def read() -> Batches:
        try:
            yield from batches(source.lines(), source.header, needed, source.encoding)
        except UnicodeError as error:
            raise _undecodable(name, error) from None

    return Part(
        name=name,
        title=title,
        form=source.form,
        columns=source.header.columns,
        batches=read(),
        is_rejects=source.is_rejects,
        start=source.start,
    )


def _parquet(name: str, title: str, path: Path) -> Part:
    try:
        file = pq.ParquetFile(str(path))
        columns = named_once(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(name, error) from None

    def read() -> Batches:
        count = 0
        try:
            for rows in file.iter_batches(SIZE):
                numbers = range(count + 1, count + rows.num_rows + 1)
                nothing = [None] * rows.num_rows
                own: list[Any] = [
                    pa.array(numbers if name == "file_line" else nothing, kind)
                    for name, kind in OWN.items()
                ]
                cells = [*own, *map(_plain, rows.columns)]
                yield pa.RecordBatch.from_arrays(cells, names=[*OWN, *columns])
                count += rows.num_rows
        except (pa.ArrowException, OSError) as error:
            raise _damaged(name, error) from None

    form = "a Parquet file"
    return Part(name=name, title=title, form=form, columns=columns, batches=read())


def _plain(column: Any) -> Any:
    """Return a column with its values, not with numbers of a dictionary."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _damaged(name: str, error: BaseException) -> UserError:
    return UserError(
        f"{name} is a Parquet file that cannot be read ({' '.join(str(error).split())}): get the "
        "file again; nothing was sent."
    )


def _undecodable(name: str, error: UnicodeError) -> UserError:
    encoding = getattr(error, "encoding", "text")
    return UserError(f"{name} is not {encoding}: set csv.encoding in the mapping.")
