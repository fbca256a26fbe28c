"""Types of the commands' options."""

from datetime import UTC, datetime
from typing import Any

import click

from schemas.clock import whole_milliseconds

POSITIVE = click.FloatRange(min=0, min_open=True)
SHARE = click.FloatRange(0, 1)


class Speed(click.ParamType[float | None]):
    """Multiple of real time, as a float; None for "max"."""

    name = "N|max"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        return None if value in (None, "max") else float(POSITIVE.convert(value, param, ctx))


class Moment(click.ParamType[datetime]):
    """A time in ISO 8601, as a datetime in whole milliseconds; UTC without an offset."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            time = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"expected a time such as 2026-01-31T08:00:00, got {value!r}", param, ctx)
        return whole_milliseconds(time if time.tzinfo else time.replace(tzinfo=UTC))
