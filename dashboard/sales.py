"""A store's pace of sales over the 60 minutes that end with its newest one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from schemas.generated import SalesPerMinute

MINUTE = timedelta(minutes=1)
KEPT = 60 * MINUTE


class Window:
    """The newest record of each (SKU, currency) in each of the last 60 minutes of one store.

    What is older than that is dropped, so that the memory needed has a bound.
    """

    def __init__(self) -> None:
        self._minutes: dict[datetime, dict[tuple[str, str], SalesPerMinute]] = {}
        self._newest: datetime | None = None

    def put(self, record: SalesPerMinute) -> bool:
        """Take a record in; returns whether it belongs to the window."""
        minute = record.minute_start
        if self._newest is not None and minute <= self._newest - KEPT:
            return False
        if self._newest is None or minute > self._newest:
            self._newest = minute
            for old in [there for there in self._minutes if there <= minute - KEPT]:
                del self._minutes[old]
        self._minutes.setdefault(minute, {})[record.sku, record.currency] = record
        return True

    def records(self) -> tuple[SalesPerMinute, ...]:
        return tuple(one for minute in self._minutes.values() for one in minute.values())


@dataclass(frozen=True, slots=True)
class Seller:
    """What one product sold in the window: units (less returns), revenue by currency."""

    sku: str
    units: int
    revenue: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Sales:
    """The window of a store, summed up."""

    until: datetime
    """End of the newest minute, UTC."""
    units: int
    """Units sold less units returned, all products and minutes."""
    by_minute: dict[datetime, int]
    """Units, by the minute's first instant, in order of time; no entry: nothing was sold."""
    revenue: dict[str, dict[datetime, Decimal]]
    """By currency, then by minute: amounts of different currencies are never added."""
    sellers: tuple[Seller, ...]
    """Every product sold, the best first."""


def summarise(records: Sequence[SalesPerMinute]) -> Sales | None:
    """The sums over one store's records of a Window; None of none: not known, so not zero."""
    if not records:
        return None
    minutes: defaultdict[datetime, int] = defaultdict(int)
    revenue: dict[str, defaultdict[datetime, Decimal]] = {}
    units: defaultdict[str, int] = defaultdict(int)
    earned: dict[str, defaultdict[str, Decimal]] = {}
    for record in sorted(records, key=lambda one: one.minute_start):
        minutes[record.minute_start] += record.units
        amounts = revenue.setdefault(record.currency, defaultdict(Decimal))
        amounts[record.minute_start] += record.revenue
        units[record.sku] += record.units
        earned.setdefault(record.sku, defaultdict(Decimal))[record.currency] += record.revenue
    best = sorted(units, key=lambda sku: (-units[sku], sku))
    return Sales(
        until=max(minutes) + MINUTE,
        units=sum(minutes.values()),
        by_minute=dict(minutes),
        revenue={currency: dict(amounts) for currency, amounts in sorted(revenue.items())},
        sellers=tuple(Seller(sku, units[sku], dict(earned[sku])) for sku in best),
    )
