"""Many rows at once into PostgreSQL: COPY into a table of the connection, then one statement.

A statement for each row takes the server twice as long.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, MetaData, Select, Table, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.schema import CreateTable

COPIED = "copied_rows"
"""Execution option of a COPY: the types of its columns, by PostgreSQL's names, and its rows."""


def copied(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> Select[Any]:
    """Copy rows, in the order of a table's columns; select the newest one of each key.

    The types of columns can make two keys one: see column_types.Characters.
    """
    copy = _copy(table)
    connection.execute(CreateTable(copy, if_not_exists=True))
    connection.exec_driver_sql(
        f"COPY {copy.name} FROM STDIN (FORMAT BINARY)",
        execution_options={COPIED: (_types(connection.dialect, table), rows)},
    )
    return _newest(table)


def execute_copy(cursor: Any, statement: str, _: Any, context: Any) -> bool:
    """Execute a COPY: a listener for SQLAlchemy's event do_execute. False: it is none."""
    types, rows = context.execution_options.get(COPIED, (None, ()))
    if types is None:
        return False
    with cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    return True


@cache
def _copy(table: Table) -> Table:
    return Table(
        f"{table.name}_copied",
        MetaData(),
        *(Column(column.name, column.type) for column in table.c),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DELETE ROWS",
    )


@cache
def _newest(table: Table) -> Select[Any]:
    copy = _copy(table).c
    key = [copy[column.name] for column in table.primary_key]
    versions = [copy[name].desc() for name in ("generation", "version") if name in copy]
    # ctid: the place of a row, by the order in which they were copied.
    newest_first = [*key, *versions, literal_column("ctid").desc()]
    return select(*copy).ext(distinct_on(*key)).order_by(*newest_first)


@cache
def _types(dialect: Dialect, table: Table) -> list[str]:
    names = (column.type.compile(dialect).lower() for column in table.c)
    return [name.partition(" collate")[0].partition("(")[0] for name in names]
