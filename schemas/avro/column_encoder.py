"""Avro's binary encoding of the values of one field, of many records."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from schemas.avro import encode
from schemas.record import Field

RECURRING = 10_000
"""Values of a field whose encoding is cached, where that takes longer than a look-up."""


def of(field: Field) -> Callable[[Any], bytes]:
    """Return the function that encodes a field's values as the generated to_avro() does."""
    encoded = _encoder(field)
    if not field.nullable:
        return encoded
    return lambda value: b"\x00" if value is None else b"\x02" + encoded(value)


def _encoder(field: Field) -> Callable[[Any], bytes]:
    match field.type:
        case "string":
            return encode.text
        case "int" | "long":
            return encode.varint
        case "decimal":
            return lru_cache(RECURRING)(partial(encode.decimal, scale=field.scale))
        case "timestamp-millis":
            return lru_cache(RECURRING)(encode.time)
        case "bytes":
            return encode.data
    return encode.boolean
