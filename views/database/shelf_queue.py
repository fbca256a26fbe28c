"""Shelves that wait to be computed again: a table, so that none is lost when the process ends."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, select

from schemas.generated import InventoryLevel
from views.database.column_types import Characters
from views.database.shelf_records import ShelfKey
from views.database.shelves import SHELVES
from views.database.tables import METADATA, TABLES
from views.database.write import INSERT

WAITING = Table(
    "shelves_to_refresh",
    METADATA,
    Column("store_id", Characters, primary_key=True),
    Column("sku", Characters, primary_key=True),
)


def add(connection: Connection, keys: Sequence[ShelfKey]) -> None:
    if keys:
        rows = [{"store_id": store, "sku": sku} for store, sku in keys]
        connection.execute(_insert(connection).on_conflict_do_nothing(), rows)


def add_products(connection: Connection, skus: Sequence[str]) -> None:
    """Add the shelves of some products."""
    if skus:
        query = _keys(SHELVES).where(SHELVES.c.sku == bindparam("of_sku"))
        statement = _insert(connection).from_select(["store_id", "sku"], query)
        connection.execute(statement.on_conflict_do_nothing(), [{"of_sku": sku} for sku in skus])


def add_all(connection: Connection) -> None:
    """Add every shelf, and every level without one."""
    for table in (TABLES[InventoryLevel], SHELVES):
        # SQLite takes ON CONFLICT for part of a join when a SELECT before it has no condition.
        query = _keys(table).where(table.c.store_id != "")
        statement = _insert(connection).from_select(["store_id", "sku"], query)
        connection.execute(statement.on_conflict_do_nothing())


def first(connection: Connection, limit: int) -> list[ShelfKey]:
    query = _keys(WAITING).order_by(*WAITING.c).limit(limit)
    return [(store, sku) for store, sku in connection.execute(query)]


def remove(connection: Connection, keys: Sequence[ShelfKey]) -> None:
    if keys:
        same = (WAITING.c.store_id == bindparam("of_store"), WAITING.c.sku == bindparam("of_sku"))
        rows = [{"of_store": store, "of_sku": sku} for store, sku in keys]
        connection.execute(delete(WAITING).where(*same), rows)


def _keys(table: Table) -> Any:
    return select(table.c.store_id, table.c.sku)


def _insert(connection: Connection) -> Any:
    return INSERT[connection.dialect.name](WAITING)
