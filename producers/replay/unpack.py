"""Files inside a file: decompressed and taken out of archives, into a folder of their own."""

import bz2
import gzip
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from connect.errors import UserError
from producers.replay.file_kind import Kind, NoTableError, is_workbook, kind_of, start_of

OPENERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.GZIP: gzip.open,
    Kind.BZIP2: bz2.open,
    Kind.XZ: lzma.open,
    Kind.ZSTD: lambda path: pa.input_stream(str(path), compression="zstd"),
}
BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
"""Exceptions of reading a truncated or damaged file, or one packed by an unknown method."""
NOT_DATA = ("__MACOSX/*", "*/", "*/.*", ".*", "*thumbs.db")
CHUNK = 1 << 20
DEPTH = 4
"""Archives within archives, to stop at one that holds itself."""


class Unpacked(NamedTuple):
    """A file that is read as it stands."""

    name: str
    """For messages: of the file that a user gave, and of what it holds."""
    path: Path
    kind: Kind
    problem: str = ""
    """Sentence on a file of an archive that holds no table."""

    @property
    def title(self) -> str:
        """The name of the file by itself."""
        return Path(self.name.rpartition(": ")[2]).name.partition(".")[0]


def unpack(path: Path, folder: Path, pattern: str = "*") -> Iterator[Unpacked]:
    """Yield the files that a file holds, in the order of their names; a plain file as it is.

    folder: for the unpacked files; pattern: of the names of an archive's files. Every file is read
    to its end, where the checksums are. Raises UserError.
    """
    try:
        yield from _unpack(str(path), path, folder, pattern, DEPTH)
    except BROKEN as error:
        text = getattr(error, "strerror", None)
        if text:
            raise UserError(f"{path} cannot be read: {text}.") from None
        raise UserError(
            f"{path} is cut off or damaged ({error}): get the file again; nothing was sent."
        ) from None
    except RuntimeError:  # of zipfile
        raise UserError(
            f"{path} is a zip archive that is password-protected: unpack it first."
        ) from None


def _unpack(name: str, path: Path, folder: Path, pattern: str, depth: int) -> Iterator[Unpacked]:
    kind = kind_of(name, start_of(path))
    if not depth:
        raise UserError(f"{name} holds archives within archives: unpack it first.")
    if kind in OPENERS:
        inner = _target(folder)
        with OPENERS[kind](path) as packed:
            _copy(packed, inner, name)
        yield from _unpack(name, inner, folder, pattern, depth - 1)
    elif kind is Kind.ZIP and is_workbook(name, path):
        yield Unpacked(name, path, Kind.WORKBOOK)
    elif kind is Kind.ZIP:
        with zipfile.ZipFile(path) as archive:
            members = [
                member
                for member in sorted(archive.namelist())
                if fnmatchcase(member, pattern)
                and not any(fnmatchcase(member, other) for other in NOT_DATA)
            ]
            for member in members:
                inner, full = _target(folder), f"{name}: {member}"
                with archive.open(member) as packed:
                    _copy(packed, inner, full)
                try:
                    yield from _unpack(full, inner, folder, "*", depth - 1)
                except NoTableError as error:
                    if len(members) == 1:
                        raise
                    yield Unpacked(full, inner, Kind.TEXT, error.message)
    else:
        yield Unpacked(name, path, kind)


def _copy(packed: Any, target: Path, name: str) -> None:
    """Decompress into a file. Raises UserError before the disk is full, as a bomb would fill it."""
    left = shutil.disk_usage(target.parent).free // 2
    with target.open("wb") as plain:
        while chunk := packed.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise UserError(
                    f"{name} unpacks to {plain.tell():,} bytes and more, half of what is free in "
                    f"{tempfile.gettempdir()}: free space there, or name another folder by TMPDIR."
                )
            plain.write(chunk)


def _target(folder: Path) -> Path:
    return folder / f"part-{sum(1 for _ in folder.iterdir())}"
