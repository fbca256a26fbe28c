"""Decompression of files; the format follows from the first bytes, not from the name."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from io import BufferedReader
from typing import IO, Any, cast

import pyarrow as pa

Opener = Callable[[Any], Any]

OPENERS: dict[bytes, Opener] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"\x28\xb5\x2f\xfd": lambda raw: pa.input_stream(raw, compression="zstd"),
}
BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""Exceptions of reading a truncated or damaged file."""


def plain(raw: BufferedReader) -> IO[bytes]:
    """Return the decompressed stream; an uncompressed one as it is."""
    start = raw.peek(8)
    for magic, opener in OPENERS.items():
        if start.startswith(magic):
            return cast(IO[bytes], opener(raw))
    return raw
