"""The rows of a batch, written in the transaction of its offsets."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Table, and_, bindparam, delete, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Delete

from schemas.generated import Product
from schemas.record import Record
from views.database.column_types import POSTGRESQL, bound_value
from views.database.conflation import Changes, Key
from views.database.copying import copied
from views.database.product_barcodes import BARCODES, delete_barcodes, write_barcodes
from views.database.tables import TABLES

INSERT: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Inserts of the dialects, which can update a row instead."""


def write(connection: Connection, changes: dict[type[Record], Changes]) -> None:
    """Delete the rows of tombstones, then write the newest records.

    A row with a higher version than its record stays as it is.
    """
    for record_type, of_table in changes.items():
        delete_rows(connection, record_type, of_table.deleted)
        if of_table.newest:
            values = _values_of(connection.dialect, record_type)
            _write_rows(connection, TABLES[record_type], values.rows(of_table.newest.values()))
        if record_type is Product:
            write_barcodes(connection, cast("Iterable[Product]", of_table.newest.values()))


def empty(connection: Connection, record_type: type[Record]) -> None:
    """Delete all rows of a contract."""
    connection.execute(delete(TABLES[record_type]))
    if record_type is Product:
        connection.execute(delete(BARCODES))


def delete_rows(connection: Connection, record_type: type[Record], keys: Collection[Key]) -> None:
    """Delete the rows of some keys, where there are any."""
    if record_type is Product:
        delete_barcodes(connection, [sku for (sku,) in keys])
    rows = [
        {f"of_{name}": value for name, value in zip(record_type.KEY, key, strict=True)}
        for key in keys
    ]
    if rows:
        connection.execute(_delete(TABLES[record_type], record_type.KEY), rows)


def _write_rows(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if connection.dialect.name == POSTGRESQL:
        insert = postgresql.insert(table).from_select(
            [column.name for column in table.c], copied(connection, table, rows)
        )
        connection.execute(_or_update(insert, table))
    else:
        # SQL for the driver: SQLAlchemy's parameters take as long as SQLite's work.
        connection.exec_driver_sql(_sqlite_upsert(table), rows)


@cache
def _values_of(dialect: Dialect, record_type: type[Record]) -> "_Values":
    return _Values(dialect, TABLES[record_type])


class _Values:
    """The values of records as the driver takes them, in the order of a table's columns."""

    def __init__(self, dialect: Dialect, table: Table) -> None:
        self._values = attrgetter(*(column.name for column in table.c))
        converters = [bound_value(column.type, dialect) for column in table.c]
        self._converters = [(at, each) for at, each in enumerate(converters) if each is not None]

    def rows(self, records: Iterable[Record]) -> list[tuple[Any, ...]]:
        """Return the values of some records."""
        columns: list[Iterable[Any]] = list(zip(*map(self._values, records), strict=True))
        for at, converted in self._converters:
            columns[at] = map(converted, columns[at])
        return list(zip(*columns, strict=True))


@cache
def _sqlite_upsert(table: Table) -> str:
    statement = _or_update(sqlite.insert(table), table)
    # By position, in the order of the table's columns.
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def _or_update(insert: Any, table: Table) -> Any:
    """Let an insert update the rows that are there, unless they have a higher version."""
    new = insert.excluded
    newer = None
    if "version" in table.c:
        row = tuple_(table.c.generation, table.c.version)
        newer = row <= tuple_(new.generation, new.version)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={each.name: new[each.name] for each in table.c if not each.primary_key},
        where=newer,
    )


@cache
def _delete(table: Table, key: tuple[str, ...]) -> Delete:
    return delete(table).where(and_(*(table.c[name] == bindparam(f"of_{name}") for name in key)))
