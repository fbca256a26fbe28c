"""Times of an export as instants in UTC, in whole milliseconds.

A time without an offset is on the wall clock of the mapping's time zone. Where that clock shows
a time twice (summer time ends), the earlier instant is meant; a time that it skips (summer time
begins) never was, and is an error, which also finds out a wrong time zone.
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
"""Numbers since 1970-01-01 UTC, and how many milliseconds one is."""
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
    """What reads a time; it raises ValueError. Values that are times need no format."""

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
            shown = "as ISO 8601 writes it" if format == ISO else f"in the format {format}"
            raise ValueError(f"expected a time {shown}, got {text!r}") from None
        return instant(time, zone)

    return parse


def instant(time: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant in UTC at which a clock in the zone shows the time. Raises ValueError."""
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
        raise ValueError(f"expected a time that UTC can say, got {shown}") from None
    if not exists:
        raise ValueError(f"expected a time that there was in {zone.key}, got {shown}")
    return whole_milliseconds(result)


def _since_beginning(milliseconds: Decimal, value: Any) -> datetime:
    try:
        whole = int(milliseconds.to_integral_value(ROUND_FLOOR))
        return BEGINNING + timedelta(milliseconds=whole)
    except OverflowError:
        raise ValueError(f"expected a time before the year 10000, got {value!r}") from None
