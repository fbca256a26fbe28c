"""Readers of Avro's binary encoding, exact: the inverse of schemas.avro.encode.

Avro 1.12 specification, "Binary Encoding". A reader takes the bytes and a position, and returns
the value and the position after it. That may lie beyond the end: the caller compares after the
last value. Raises ValueError for bytes that encode no value, IndexError where they end too early,
OverflowError for a time outside of the years 1 to 9999.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from schemas.avro.encode import EPOCH, EXACT, MILLISECOND, UNITS

Read = Callable[[bytes, int], tuple[Any, int]]

INT = range(-(2**31), 2**31)
LONG = range(-(2**63), 2**63)
SHIFTS = tuple(range(7, 70, 7))
"""Bit shifts of the second to the tenth byte of a varint."""
LARGEST_DECIMAL = 10**38
"""Decimals of contracts are smaller, with at most 38 digits."""


def nothing(_: bytes, at: int) -> tuple[None, int]:
    return None, at


def boolean(data: bytes, at: int) -> tuple[bool, int]:
    byte = data[at]
    if byte > 1:
        raise ValueError(f"a boolean is 0 or 1, not {byte}")
    return byte == 1, at + 1


def long(data: bytes, at: int) -> tuple[int, int]:
    """Read a zig-zag varint of at most ten bytes and 64 bits; it need not be the shortest."""
    rest = data[at]
    at += 1
    if rest > 127:
        rest &= 127
        for shift in SHIFTS:
            byte = data[at]
            at += 1
            rest |= (byte & 127) << shift
            if byte < 128:
                break
        else:
            raise ValueError("a number of more than ten bytes")
        if rest >> 64:
            raise ValueError("a number of more than 64 bits")
    return (rest >> 1) ^ -(rest & 1), at


def integer(data: bytes, at: int) -> tuple[int, int]:
    """Read a zig-zag varint of at most 32 bits and, as Java does, five bytes."""
    byte = data[at]
    if byte < 128:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number, end = long(data, at)
    if number not in INT or end - at > 5:
        raise ValueError(f"{number} in {end - at} bytes is no int of 32 bits")
    return number, end


def length(data: bytes, at: int) -> tuple[int, int]:
    """Read the length of a string or of bytes. It may be more than there are."""
    byte = data[at]
    if byte < 128 and not byte & 1:
        return byte >> 1, at + 1
    size, at = long(data, at)
    if size < 0:
        raise ValueError(f"a length of {size}")
    return size, at


def text(data: bytes, at: int) -> tuple[str, int]:
    size = data[at]
    if size > 127 or size & 1:
        size, at = length(data, at)
    else:
        size >>= 1
        at += 1
    end = at + size
    return data[at:end].decode(), end


def octets(data: bytes, at: int) -> tuple[bytes, int]:
    """Read bytes without a logical type."""
    size, at = length(data, at)
    end = at + size
    return data[at:end], end


def skipped_bytes(data: bytes, at: int) -> tuple[None, int]:
    size, at = length(data, at)
    return None, at + size


def time(data: bytes, at: int) -> tuple[datetime, int]:
    """Read a timestamp-millis, in UTC."""
    number, at = long(data, at)
    return EPOCH + number * MILLISECOND, at


def decimal(scale: int) -> Read:
    """Return the reader of a bytes decimal with `scale` digits after the point."""
    unit, multiply = UNITS[scale], EXACT.multiply

    def read(data: bytes, at: int) -> tuple[Decimal, int]:
        size = data[at]
        if size & 1 or not 0 < size <= 30:
            size, at = length(data, at)
            end = at + size
            return decimal_value(data[at:end], scale), end
        # One to 15 bytes, as nearly all have: no more than 38 digits.
        end = at + 1 + (size >> 1)
        return multiply(int.from_bytes(data[at + 1 : end], "big", signed=True), unit), end

    return read


def decimal_value(data: bytes, scale: int) -> Decimal:
    """Convert two's-complement bytes to a decimal. Raises ValueError.

    No bytes are refused: Java has no such number, and Flink's job would fail on it.
    """
    if not data:
        raise ValueError("a decimal of no bytes")
    unscaled = int.from_bytes(data, "big", signed=True)
    if len(data) > 15 and not -LARGEST_DECIMAL < unscaled < LARGEST_DECIMAL:
        raise ValueError("a decimal of more than 38 digits")
    return EXACT.multiply(unscaled, UNITS[scale])


def union(branches: Sequence[Read]) -> Read:
    """Return the reader of a union: the number of a branch, then its value."""
    count = len(branches)
    one_byte = min(2 * count, 128)

    def read(data: bytes, at: int) -> tuple[Any, int]:
        byte = data[at]
        if byte < one_byte and not byte & 1:
            return branches[byte >> 1](data, at + 1)
        number, at = integer(data, at)
        if not 0 <= number < count:
            raise ValueError(f"branch {number} of {count}")
        return branches[number](data, at)

    return read


def constant(value: object) -> Read:
    """Return a reader that takes no bytes and returns the value."""
    return lambda _, at: (value, at)


def refusing(reason: str) -> Read:
    """Return a reader that raises ValueError with the reason, whatever the bytes."""

    def read(_: bytes, __: int) -> NoReturn:
        raise ValueError(reason)

    return read
