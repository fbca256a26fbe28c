"""Avro's binary encoding of values, exact: no rounding, no float.

Avro 1.12 specification, "Logical Types" (decimals are two's-complement bytes, times are
milliseconds) and "Binary Encoding" (numbers are zig-zag varints, strings and bytes begin with
their length).
"""

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EXACT = Context(prec=100, traps=[])
"""Wide enough that no value of a contract (at most 38 digits) is rounded."""
ONE_BYTE = [bytes([number]) for number in range(128)]
SIX_BYTES = 2**35, 2**42
"""Zig-zag numbers whose varint has six bytes: the times from 1970 to 2039, but for half a year."""
UNITS = [Decimal(1).scaleb(-scale) for scale in range(39)]
"""Value of an unscaled 1 at each scale."""


def varint(number: int) -> bytes:
    """Encode an int or a long: zig-zag, then seven bits a byte, the least significant first."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    if rest < 128:
        return ONE_BYTE[rest]
    encoded = bytearray()
    while rest > 127:
        encoded.append(rest & 127 | 128)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def text(value: str) -> bytes:
    """Encode a string: the length of its UTF-8, then the UTF-8. Raises UnicodeEncodeError."""
    data = value.encode()
    size = len(data)
    return ONE_BYTE[size << 1] + data if size < 64 else varint(size) + data


def data(value: bytes) -> bytes:
    """Encode bytes: their length, then the bytes."""
    return varint(len(value)) + value


def decimal(value: Decimal, scale: int) -> bytes:
    """Encode a bytes decimal."""
    return unscaled(int(value.scaleb(scale, EXACT)))


def unscaled(number: int) -> bytes:
    """Encode the unscaled value of a decimal: its length, then its bytes, the highest first."""
    data = number.to_bytes((number.bit_length() + 8) // 8, "big", signed=True)
    return ONE_BYTE[len(data) << 1] + data


def time(value: datetime) -> bytes:
    """Encode a timestamp-millis."""
    rest = milliseconds(value) << 1
    if not SIX_BYTES[0] <= rest < SIX_BYTES[1]:
        return varint(rest >> 1)
    return bytes(
        (
            rest & 127 | 128,
            rest >> 7 & 127 | 128,
            rest >> 14 & 127 | 128,
            rest >> 21 & 127 | 128,
            rest >> 28 & 127 | 128,
            rest >> 35,
        )
    )


def boolean(value: bool) -> bytes:
    return ONE_BYTE[value]


def milliseconds(time: datetime) -> int:
    """Convert a time with a zone to milliseconds since 1970-01-01 UTC.

    The inverse is EPOCH + milliseconds * MILLISECOND; OverflowError outside of the years 1 to 9999.
    """
    since = time - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
