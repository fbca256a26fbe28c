"""Decimals and times as Avro stores them: two's-complement bytes and milliseconds.

Avro 1.12 specification, "Logical Types". Exact both ways: no rounding, no float.
"""

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EXACT = Context(prec=100, traps=[])
"""Wide enough that no value of a contract (at most 38 digits) is rounded."""
UNITS = [Decimal(1).scaleb(-scale) for scale in range(39)]
"""What an unscaled value of 1 means at each scale."""


def decimal_bytes(value: Decimal, scale: int) -> bytes:
    """The unscaled value, big-endian, in as few bytes as hold it."""
    unscaled = int(EXACT.scaleb(value, scale))
    return unscaled.to_bytes((unscaled.bit_length() + 8) // 8, "big", signed=True)


def decimal_value(data: bytes, scale: int) -> Decimal:
    """The inverse of decimal_bytes, with `scale` digits after the point."""
    return EXACT.multiply(int.from_bytes(data, "big", signed=True), UNITS[scale])


def milliseconds(time: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC of a time with a zone."""
    since = time - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def time_value(milliseconds: int) -> datetime:
    """The inverse of milliseconds, in UTC. Raises OverflowError outside of years 1 to 9999."""
    return EPOCH + milliseconds * MILLISECOND
