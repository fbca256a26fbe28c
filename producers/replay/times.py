"""Times of an export as instants in UTC, in whole milliseconds.

A time without an offset is local time in the mapping's time zone. A time that occurs twice (summer
time ends) is the earlier instant; a time that is skipped (summer time begins) is an error, which
also reveals a wrong time zone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from producers.replay.numbers import number
from schemas.clock import whole_milliseconds

ISO = "iso"
EPOCHS = {"epoch_s": 1000, "epoch_ms": 1}
"""Formats of numbers since 1970-01-01 UTC, and their unit in milliseconds."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def check_format(format: str) -> None:
    """Raise ValueError for a format that `parser` does not know."""
    if format == ISO or format in EPOCHS:
        return
    if "%" not in format:
        raise ValueError(
            f'expected "iso", "epoch_s", "epoch_ms" or a pattern such as "%d.%m.%Y %H:%M", '
            f'got "{format}"'
        )
    try:
        datetime.strptime("", format)
    except ValueError as error:
        if "does not match format" not in str(error):
            raise


def parser(format: str, zone: ZoneInfo | None) -> Callable[[Any], datetime]:
    """Build a parser of times that raises ValueError. Values that are times need no format."""

    def parse(value: Any) -> datetime:
        if isinstance(value, datetime):
            return instant(value, zone)
        if isinstance(value, date):
            return instant(datetime(value.year, value.month, value.day), zone)
        if format in EPOCHS:
            return _since_beginning(number(value, comma=False) * EPOCHS[format], value)
        text = str(value).strip()
        try:
            if format == ISO:
                return instant(datetime.fromisoformat(text), zone)
            time = datetime.strptime(text, format)
        except ValueError as error:
            if str(error).startswith("expected"):
                raise
            shown = "in ISO 8601" if format == ISO else f"in the format {format}"
            raise ValueError(f"expected a time {shown}, got {text!r}") from None
        return instant(time, zone)

    return parse


def instant(time: datetime, zone: ZoneInfo | None) -> datetime:
    """Return the instant in UTC of a local time in the zone. Raises ValueError."""
    shown = str(time)
    try:
        if time.tzinfo is not None:
            return whole_milliseconds(time.astimezone(UTC))
        if zone is None:
            raise ValueError(
                f"expected an offset from UTC, got {shown}; name a time_zone in the mapping"
            )
        if zone.key == "UTC":
            return whole_milliseconds(time.replace(tzinfo=UTC))
        result = time.replace(tzinfo=zone, fold=0).astimezone(UTC)
        exists = result.astimezone(zone).replace(tzinfo=None, fold=0) == time.replace(fold=0)
    except OverflowError:
        raise ValueError(f"expected a time within the years 1 to 9999 UTC, got {shown}") from None
    if not exists:
        raise ValueError(f"expected a time that exists in {zone.key}, got {shown}")
    return whole_milliseconds(result)


def _since_beginning(milliseconds: Decimal, value: Any) -> datetime:
    try:
        whole = int(milliseconds.to_integral_value(ROUND_FLOOR))
        return BEGINNING + timedelta(milliseconds=whole)
    except OverflowError:
        raise ValueError(f"expected a time before the year 10000, got {value!r}") from None
