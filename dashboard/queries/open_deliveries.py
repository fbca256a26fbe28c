"""Open orders and open transfers of a store, with the names of their products."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Engine, RowMapping, func, literal, or_, select

from schemas.generated import OpenOrder, OpenTransfer, Product
from views.database.column_types import Instant
from views.database.tables import TABLES

ORDERS, TRANSFERS, PRODUCTS = TABLES[OpenOrder], TABLES[OpenTransfer], TABLES[Product]
GOODS = (PRODUCTS.c.name.label("product_name"), PRODUCTS.c.unit.label("product_unit"))
R = TypeVar("R", OpenOrder, OpenTransfer)
NO_DATE = datetime(9999, 1, 1, tzinfo=UTC)
"""Planning systems that must fill in a date write one of the year 9999 for none."""


class Goods(NamedTuple):
    """The product of an order or transfer."""

    name: str | None
    """None: not in the catalogue."""
    unit: str | None
    """Base unit of its amounts; None: pieces."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a store that are due first."""

    rows: tuple[tuple[OpenOrder, Goods], ...]
    """Each with its product; those without a date last."""
    count: int
    """Number of all open orders."""
    late: int
    """Number of those whose date has passed."""


@dataclass(frozen=True, slots=True)
class Transfers:
    """Transfers to the store, then those from it."""

    rows: tuple[tuple[OpenTransfer, Goods], ...]
    incoming: int
    outgoing: int


def open_orders(engine: Engine, store_id: str, limit: int, now: datetime) -> Orders:
    """Read the open orders of a store."""
    columns, open_ = ORDERS.c, ORDERS.c.remaining > 0
    due = func.coalesce(columns.expected_at, literal(NO_DATE, Instant))
    rows = (
        select(ORDERS, *GOODS)
        .outerjoin(PRODUCTS, PRODUCTS.c.sku == columns.sku)
        .where(columns.store_id == store_id, open_)
        .order_by(due, columns.order_id, columns.sku)
        .limit(limit)
    )
    count = select(func.count()).where(columns.store_id == store_id, open_)
    with engine.connect() as connection:
        return Orders(
            tuple(_named(OpenOrder, connection.execute(rows).mappings())),
            connection.scalar(count) or 0,
            connection.scalar(count.where(columns.expected_at < now)) or 0,
        )


def open_transfers(engine: Engine, store_id: str, limit: int) -> Transfers:
    """Read the open transfers of a store."""
    columns, open_ = TRANSFERS.c, TRANSFERS.c.in_transit > 0
    to_store, from_store = columns.to_store == store_id, columns.from_store == store_id
    rows = (
        select(TRANSFERS, *GOODS)
        .outerjoin(PRODUCTS, PRODUCTS.c.sku == columns.sku)
        .where(or_(to_store, from_store), open_)
        .order_by(
            from_store,
            columns.from_store,
            columns.to_store,
            columns.sku,
            columns.transfer_id,
        )
        .limit(limit)
    )
    count = select(func.count()).where(open_)
    with engine.connect() as connection:
        return Transfers(
            tuple(_named(OpenTransfer, connection.execute(rows).mappings())),
            connection.scalar(count.where(to_store)) or 0,
            connection.scalar(count.where(from_store)) or 0,
        )


def other_stores(engine: Engine, store_id: str, sku: str) -> dict[str, str]:
    """Return the other store of each known transfer of a product to or from a store."""
    columns = TRANSFERS.c
    to_store, from_store = columns.to_store == store_id, columns.from_store == store_id
    query = select(columns.transfer_id, columns.from_store, columns.to_store).where(
        or_(to_store, from_store), columns.sku == sku
    )
    with engine.connect() as connection:
        return {
            transfer: to if origin == store_id else origin
            for transfer, origin, to in connection.execute(query)
        }


def _named(record_type: type[R], rows: Iterable[RowMapping]) -> Iterator[tuple[R, Goods]]:
    for row in rows:
        values = dict(row)
        goods = Goods(*(values.pop(column.name) for column in GOODS))
        yield record_type.from_dict(values), goods
