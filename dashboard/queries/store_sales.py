"""Sales of one or more stores by minute and day, their returns, and their best sellers."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, Table, func, literal_column, select

from dashboard.queries.comparable import comparable
from dashboard.queries.shared import shared
from schemas.generated import InventoryLevel, LedgerEntry, Product, SalesByDay, SalesPerMinute
from views.amounts import LARGE
from views.database.tables import TABLES

MINUTES, DAYS = TABLES[SalesPerMinute], TABLES[SalesByDay]
LEDGER, LEVELS, PRODUCTS = TABLES[LedgerEntry], TABLES[InventoryLevel], TABLES[Product]
SETTLED = timedelta(minutes=10)
"""Age from which on a minute seldom has new sales."""
Stores = tuple[str, ...]
"""The store_ids of those whose sales are summed."""
_MEASURED = select(PRODUCTS.c.sku).where(PRODUCTS.c.unit.in_(LARGE))
IN_UNITS = comparable(LEDGER.c.quantity, LEDGER.c.sku.in_(_MEASURED))
"""Amount of an entry of the ledger."""


class _Sums(NamedTuple):
    """Sales of one minute in one currency."""

    minute: datetime
    currency: str
    units: float
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Seller:
    """Sales of one product."""

    sku: str
    name: str | None
    """None: not in the catalogue."""
    unit: str | None
    """Base unit of its amounts; None: pieces."""
    units: int
    """Sold less returned."""
    on_hand: int | None
    """In the stores together; None: unknown."""


class Lines(NamedTuple):
    """Numbers of receipt lines, sales and returns."""

    of_day: int
    without_minute: int
    """Of these no minute is known: see docs/truth.md."""


def units_by_minute(
    engine: Engine, stores: Stores, start: datetime, end: datetime, version: Hashable
) -> Mapping[datetime, float]:
    """Sum the units sold less returned by minute, from `start` until before `end`.

    version: as of shared. The latest minutes are summed again with each version, what is earlier
    once a minute: only late sales reach it.
    """
    units: defaultdict[datetime, float] = defaultdict(float)
    for each in _sums(engine, stores, start, end, version):
        units[each.minute] += each.units
    return dict(units)


def revenue(
    engine: Engine,
    stores: Stores,
    start: datetime | date,
    end: datetime | date,
    version: Hashable,
) -> Mapping[str, Decimal]:
    """Sum the revenue by currency, in times until before `end`, or in days until `end`.

    version: as for units_by_minute.
    """
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return shared(version, _revenue_of_days, engine, stores, start, end)
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in _sums(engine, stores, start, end, version):
        amounts[each.currency] += each.revenue
    return dict(sorted(amounts.items()))


def _sums(
    engine: Engine, stores: Stores, start: datetime, end: datetime, version: Hashable
) -> Sequence[_Sums]:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    settled = min(max(now - SETTLED, start), end)
    earlier = shared(now, _sums_by_minute, engine, stores, start, settled)
    return [*earlier, *shared(version, _sums_by_minute, engine, stores, settled, end)]


def _sums_by_minute(
    engine: Engine, stores: Stores, start: datetime, end: datetime
) -> Sequence[_Sums]:
    if start >= end:
        return ()
    key = MINUTES.c.minute_start, MINUTES.c.currency
    query = (
        select(*key, func.sum(_units(MINUTES)), func.sum(MINUTES.c.revenue))
        .where(*_within(stores, start, end))
        .group_by(*key)
    )
    with engine.connect() as connection:
        return [
            _Sums(minute, currency, float(units), revenue)
            for minute, currency, units, revenue in connection.execute(query)
        ]


def returns_by_minute(
    engine: Engine, stores: Stores, start: datetime, end: datetime
) -> Mapping[datetime, float]:
    """Sum the units that customers brought back by minute, from `start` until before `end`."""
    query = select(LEDGER.c.occurred_at, IN_UNITS).where(*_returned(stores, start, end))
    minutes: defaultdict[datetime, float] = defaultdict(float)
    with engine.connect() as connection:
        for at, quantity in connection.execute(query):
            minutes[at.replace(second=0, microsecond=0)] += float(quantity)
    return dict(minutes)


def units_by_day(engine: Engine, stores: Stores, first: date, last: date) -> Mapping[date, float]:
    """Sum the units sold less returned by business day."""
    query = (
        select(DAYS.c.business_day, func.sum(_units(DAYS)))
        .where(*_on_days(stores, first, last))
        .group_by(DAYS.c.business_day)
    )
    with engine.connect() as connection:
        return {date.fromisoformat(day): float(units) for day, units in connection.execute(query)}


def lines_of_day(
    engine: Engine, stores: Stores, day: date, start: datetime, end: datetime
) -> Lines:
    """Count the receipt lines of a business day. start, end: of the day."""
    query = select(
        select(func.coalesce(func.sum(DAYS.c.version), 0))
        .where(*_on_days(stores, day, day))
        .scalar_subquery(),
        select(func.coalesce(func.sum(MINUTES.c.version), 0))
        .where(*_within(stores, start, end))
        .scalar_subquery(),
    )
    with engine.connect() as connection:
        of_day, of_minutes = connection.execute(query).one()
        return Lines(int(of_day), max(int(of_day) - int(of_minutes), 0))


def returns_between(engine: Engine, stores: Stores, start: datetime, end: datetime) -> float:
    """Sum the units that customers brought back, from `start` until before `end`."""
    query = select(func.coalesce(func.sum(IN_UNITS), 0)).where(*_returned(stores, start, end))
    with engine.connect() as connection:
        return float(connection.scalar(query) or 0)


def _revenue_of_days(
    engine: Engine, stores: Stores, first: date, last: date
) -> Mapping[str, Decimal]:
    """Sum the revenue of business days by currency."""
    query = (
        select(DAYS.c.currency, func.sum(DAYS.c.revenue))
        .where(*_on_days(stores, first, last))
        .group_by(DAYS.c.currency)
        .order_by(DAYS.c.currency)
    )
    with engine.connect() as connection:
        return {currency: amount for currency, amount in connection.execute(query)}


def best_sellers(
    engine: Engine, stores: Stores, start: datetime | date, end: datetime | date
) -> tuple[Seller, ...]:
    """Return the ten products sold most, in times until before `end`, or in days until `end`."""
    table, within = _of(stores, start, end)
    units = func.sum(table.c.units).label("units")
    large = func.sum(_units(table)).label("large")
    sold = (
        select(table.c.sku, units, large)
        .where(*within)
        .group_by(table.c.sku)
        .having(units > 0)
        .order_by(large.desc(), table.c.sku)
        .limit(10)
        .subquery()
    )
    on_hand = select(func.sum(LEVELS.c.on_hand)).where(
        LEVELS.c.sku == sold.c.sku, LEVELS.c.store_id.in_(stores)
    )
    query = (
        select(
            sold.c.sku,
            PRODUCTS.c.name,
            PRODUCTS.c.unit,
            sold.c.units,
            on_hand.scalar_subquery(),
        )
        .outerjoin(PRODUCTS, PRODUCTS.c.sku == sold.c.sku)
        .order_by(sold.c.large.desc(), sold.c.sku)
    )
    with engine.connect() as connection:
        return tuple(
            Seller(sku, name, unit, int(count), on_hand)
            for sku, name, unit, count, on_hand in connection.execute(query)
        )


def _of(
    stores: Stores, start: datetime | date, end: datetime | date
) -> tuple[Table, tuple[ColumnElement[bool], ...]]:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return MINUTES, _within(stores, start, end)
    return DAYS, _on_days(stores, start, end)


def _within(stores: Stores, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    minute = MINUTES.c.minute_start
    return MINUTES.c.store_id.in_(stores), minute >= start, minute < end


def _returned(stores: Stores, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    at = LEDGER.c.occurred_at
    # The literal lets the planner use the index of the returns.
    is_return = LEDGER.c.kind == literal_column("'return'")
    return is_return, LEDGER.c.store_id.in_(stores), at >= start, at < end


def _on_days(stores: Stores, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    day = DAYS.c.business_day
    return DAYS.c.store_id.in_(stores), day >= first.isoformat(), day <= last.isoformat()


def _units(table: Table) -> ColumnElement[Any]:
    return comparable(table.c.units, table.c.sku.in_(_MEASURED))
