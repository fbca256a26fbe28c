"""Values of a column of Arrow as Python's, with times of any year."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import repeat
from typing import Any
from unicodedata import normalize

import pyarrow as pa
import pyarrow.types as pt
from pyarrow import compute

pc: Any = compute
BEGINNING = datetime(1970, 1, 1)
INVISIBLE = " \u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters that no one sees around a text, as a web page or another file's mark leaves them."""


def values(column: Any) -> list[Any]:
    """Return a column's values; a time that Python has not is a text."""
    if not pt.is_timestamp(column.type):
        return _plain(column)
    # Cached, as lines of one receipt share their time, and pyarrow is many times slower.
    counted = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
    return list(map(_time, _plain(counted), repeat(UTC if column.type.tz else None)))


def composed(column: Any) -> Any:
    """Return a column of text in Unicode NFC, without what is invisible around it.

    pyarrow's utf8_normalize takes letters apart.
    """
    is_other = pc.invert(pc.fill_null(pc.string_is_ascii(column), True))
    if not pc.any(is_other).as_py():
        return column
    held = [
        normalize("NFC", value).strip(INVISIBLE) for value in column.filter(is_other).to_pylist()
    ]
    return pc.replace_with_mask(column, is_other, pa.array(held, pa.string()))


def _plain(column: Any) -> list[Any]:
    """Convert by numpy where it has the same values, as pyarrow is many times slower."""
    if column.null_count == len(column):
        return [None] * len(column)
    is_number = pt.is_integer(column.type) or pt.is_floating(column.type)
    if pt.is_string(column.type) or (is_number and not column.null_count):
        return list(column.to_numpy(zero_copy_only=False).tolist())
    return list(column.to_pylist())


@lru_cache(maxsize=10_000)
def _time(microseconds: int | None, zone: tzinfo | None) -> datetime | str | None:
    if microseconds is None:
        return None
    try:
        return (BEGINNING + timedelta(microseconds=microseconds)).replace(tzinfo=zone)
    except OverflowError:
        return f"{microseconds} microseconds since 1970"
