"""Avro's binary encoding of the values of one field, of many records."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import add
from typing import Any

from schemas.avro import encode
from schemas.record import Field

RECURRING = 10_000
"""Values of a field whose encoding is cached, where that takes longer than a look-up: decimals
that are equal have the same bytes, also as 1.5 and 1.50, and so have times in two zones."""
SIZES = encode.ONE_BYTE[::2]
"""Encoded lengths of short strings."""

ColumnEncoder = Callable[[Sequence[Any]], list[bytes]]


def of(field: Field) -> ColumnEncoder:
    """Return the function that encodes a field's values as the generated to_avro() does."""
    if field.type == "string" and not field.nullable:
        return _strings
    one = _nullable(_encoder(field)) if field.nullable else _encoder(field)
    if field.type in ("decimal", "timestamp-millis"):
        one = lru_cache(RECURRING)(one)
    return lambda column: list(map(one, column))


def _nullable(plain: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    return lambda value: b"\x00" if value is None else b"\x02" + plain(value)


def _strings(column: Sequence[str]) -> list[bytes]:
    encoded = list(map(str.encode, column))
    try:
        return list(map(add, map(SIZES.__getitem__, map(len, encoded)), encoded))
    except IndexError:
        return list(map(encode.text, column))


def _encoder(field: Field) -> Callable[[Any], bytes]:
    match field.type:
        case "string":
            return encode.text
        case "int" | "long":
            return encode.varint
        case "decimal":
            return lambda value: encode.decimal(value, field.scale)
        case "timestamp-millis":
            return encode.time
        case "bytes":
            return encode.data
    return encode.boolean
