"""Sales of a store over the 60 minutes that end with its newest sale."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from schemas.generated import SalesPerMinute

MINUTE = timedelta(minutes=1)
PERIOD = 60 * MINUTE


class RecentSales:
    """The newest record of each (SKU, currency) in each of the last 60 minutes of one store."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, dict[tuple[str, str], SalesPerMinute]] = {}
        self._newest: datetime | None = None

    def put(self, record: SalesPerMinute) -> bool:
        """Add a record; return False when it is older than the period."""
        minute = record.minute_start
        if self._newest is not None and minute <= self._newest - PERIOD:
            return False
        if self._newest is None or minute > self._newest:
            self._newest = minute
            for old in [kept for kept in self._minutes if kept <= minute - PERIOD]:
                del self._minutes[old]
        self._minutes.setdefault(minute, {})[record.sku, record.currency] = record
        return True

    def records(self) -> tuple[SalesPerMinute, ...]:
        return tuple(one for minute in self._minutes.values() for one in minute.values())


@dataclass(frozen=True, slots=True)
class Seller:
    """Sales of one product in the period."""

    sku: str
    units: int
    """Sold less returned."""
    revenue: dict[str, Decimal]
    """By currency."""


@dataclass(frozen=True, slots=True)
class Sales:
    """Sums of a store over the period."""

    until: datetime
    """End of the newest minute, UTC."""
    units: int
    """Units sold less units returned, all products and minutes."""
    by_minute: dict[datetime, int]
    """Units by start of minute, in order of time; a missing minute sold nothing."""
    revenue: dict[str, dict[datetime, Decimal]]
    """By currency, then by minute; amounts of different currencies are never added."""
    sellers: tuple[Seller, ...]
    """Every product sold, best first."""


def summarise(records: Sequence[SalesPerMinute]) -> Sales | None:
    """Sum the records of one store; None without records: unknown, not zero."""
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
