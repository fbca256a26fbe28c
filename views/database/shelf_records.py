"""The records of some shelves, read at once from the tables of the contracts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.schema import CreateTable

from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record
from views.database.column_types import Characters
from views.database.tables import TABLES
from views.demand import DayUnits, window
from views.open_items import OrderLine
from views.shelf_figures import Facts
from views.urgency import HOUR

ShelfKey = tuple[str, str]
"""(store_id, sku)"""

CHOSEN = Table(
    "chosen_shelves",
    MetaData(),
    Column("store_id", Characters),
    Column("sku", Characters),
    prefixes=["TEMPORARY"],
    # PostgreSQL never vacuums such a table: deleted keys would grow it until whole tables are read.
    postgresql_on_commit="DELETE ROWS",
)
"""The keys of the shelves to read, in the connection's own memory.

Every query begins with it and joins to the left, which makes SQLite look up each key in an index
instead of reading a whole table.
"""


def choose(connection: Connection, keys: Collection[ShelfKey]) -> None:
    """Put the keys into CHOSEN, in place of those before."""
    connection.execute(CreateTable(CHOSEN, if_not_exists=True))
    connection.execute(delete(CHOSEN))
    connection.execute(insert(CHOSEN), [{"store_id": store, "sku": sku} for store, sku in keys])


def read_facts(
    connection: Connection,
    now: datetime,
    zone: tzinfo,
    unknown: Collection[type[Record]],
) -> Iterator[Facts]:
    """Yield the records of each shelf in CHOSEN that has a level.

    zone: of the business days; unknown: contracts whose records are not or not all in the database.
    """
    today = now.astimezone(zone).date()
    # A topic that is read for the first time fills its table, and its figures are not shown.
    days = {} if SalesByDay in unknown else _grouped(connection, _days(today))
    orders = _grouped(connection, _orders())
    transit = _grouped(connection, _in_transit())
    hours = _grouped(connection, _last_hour(now))
    first = {} if LedgerEntry in unknown else _grouped(connection, _moved_first(today, zone))
    for level, product in _levels(connection):
        key = level.store_id, level.sku
        last_hour, changes_at = _hour(hours[key], now)
        yield Facts(
            level=level,
            product=product,
            days=None if SalesByDay in unknown else [DayUnits(*row) for row in days[key]],
            moved_first=first[key][0][0] if key in first else None,
            last_hour=None if SalesPerMinute in unknown else last_hour,
            hour_changes_at=changes_at,
            orders=None if OpenOrder in unknown else [OrderLine(*row) for row in orders[key]],
            in_transit=None
            if OpenTransfer in unknown
            else sum(int(row[0]) for row in transit[key]),
        )


def _levels(connection: Connection) -> Iterator[tuple[InventoryLevel, Product | None]]:
    levels, products = TABLES[InventoryLevel], TABLES[Product]
    query = select(levels, products).select_from(
        CHOSEN.join(levels, _of_shelf(levels), isouter=True).join(
            products, products.c.sku == levels.c.sku, isouter=True
        )
    )
    count = len(levels.c)
    level_names, names = [each.name for each in levels.c], [each.name for each in products.c]
    for row in connection.execute(query):
        if row[0] is None:
            continue
        product = dict(zip(names, row[count:], strict=True))
        level = InventoryLevel.from_dict(dict(zip(level_names, row[:count], strict=True)))
        yield level, Product.from_dict(product) if product["sku"] is not None else None


def _days(today: date) -> Select[Any]:
    days = TABLES[SalesByDay]
    first = window(today)[0].isoformat()
    is_recent = and_(_of_shelf(days), days.c.business_day >= first)
    return _joined(days, is_recent, days.c.business_day, days.c.units)


def _moved_first(today: date, zone: tzinfo) -> Select[Any]:
    """Select the time of the first entry of the ledger in the window: one look into its index."""
    ledger = TABLES[LedgerEntry]
    start = datetime.combine(window(today)[0], time.min, zone)
    first = select(func.min(ledger.c.occurred_at)).where(
        _of_shelf(ledger), ledger.c.occurred_at >= start
    )
    return select(*CHOSEN.c, first.correlate(CHOSEN).scalar_subquery())


def _orders() -> Select[Any]:
    orders = TABLES[OpenOrder]
    is_open = and_(_of_shelf(orders), orders.c.remaining > 0)
    return _joined(orders, is_open, orders.c.remaining, orders.c.expected_at)


def _in_transit() -> Select[Any]:
    transfers = TABLES[OpenTransfer]
    is_coming = and_(transfers.c.to_store == CHOSEN.c.store_id, transfers.c.sku == CHOSEN.c.sku)
    return _joined(transfers, is_coming, func.sum(transfers.c.in_transit)).group_by(*CHOSEN.c)


def _last_hour(now: datetime) -> Select[Any]:
    """Select the units of the last hour, its first minute, and the first minute after now."""
    sales = TABLES[SalesPerMinute]
    minute = sales.c.minute_start
    is_recent = and_(_of_shelf(sales), minute > now - HOUR)
    return _joined(
        sales,
        is_recent,
        func.sum(case((minute <= now, sales.c.units), (minute > now, 0))),
        func.min(minute),
        func.min(case((minute > now, minute))),
    ).group_by(*CHOSEN.c)


def _hour(rows: Sequence[Sequence[Any]], now: datetime) -> tuple[int, datetime | None]:
    """Return the units, and the moment at which a minute leaves the hour or begins to count."""
    for units, first, next_one in rows:
        leaves = first + HOUR if first <= now else None
        return int(units), min((at for at in (leaves, next_one) if at), default=None)
    return 0, None


def _of_shelf(table: Table) -> ColumnElement[bool]:
    return and_(table.c.store_id == CHOSEN.c.store_id, table.c.sku == CHOSEN.c.sku)


def _joined(table: Table, condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    return select(*CHOSEN.c, *columns).select_from(CHOSEN.join(table, condition, isouter=True))


def _grouped(connection: Connection, query: Select[Any]) -> Mapping[ShelfKey, list[Sequence[Any]]]:
    """Return the rows by shelf; a shelf without a match has none."""
    rows: defaultdict[ShelfKey, list[Sequence[Any]]] = defaultdict(list)
    for store, sku, *values in connection.execute(query):
        if values[0] is not None:
            rows[store, sku].append(values)
    return rows
