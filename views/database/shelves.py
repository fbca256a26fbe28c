"""The table `shelves`: one row for each level, with the figures that pages show, sort and filter.

The process of the read model computes a row again when one of its records has changed, and when
time alone changes a figure: sales leave the last hour, a due date passes, a day ends.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from schemas.record import Record
from views.business_days import BusinessDays
from views.database.acknowledgements import ACKNOWLEDGEMENTS, COVERED, has_ended
from views.database.column_types import Characters, Instant
from views.database.shelf_records import CHOSEN, ShelfKey, choose, read_facts
from views.database.tables import METADATA
from views.database.write import INSERT
from views.shelf_figures import Shelf, shelf
from views.stock import Status
from views.urgency import Need

CHUNK = 500
"""Shelves that are computed at once, so that memory does not grow with the number of changes."""

_TYPES: dict[type, TypeEngine[Any]] = {
    str: Characters(),
    int: BigInteger(),
    float: Double(),
    bool: Boolean(),
    datetime: Instant(),
}


def _column(name: str, hint: Any) -> Column[Any]:
    nullable = isinstance(hint, UnionType)
    python_type = get_args(hint)[0] if nullable else hint
    base = str if issubclass(python_type, StrEnum) else python_type
    return Column(name, _TYPES[base], nullable=nullable, primary_key=name in ("store_id", "sku"))


SHELVES = Table(
    "shelves",
    METADATA,
    *(_column(field.name, get_type_hints(Shelf)[field.name]) for field in fields(Shelf)),
    Index("shelves_by_urgency", "store_id", "need_rank", "urgency", "sku"),
    Index("shelves_by_sku", "sku"),
    Index("shelves_by_refresh_at", "refresh_at"),
)

_NAMES = [field.name for field in fields(Shelf)]


def refresh(
    connection: Connection,
    keys: Collection[ShelfKey],
    now: datetime,
    days: BusinessDays,
    unknown: Collection[type[Record]] = (),
) -> None:
    """Compute the rows of some shelves again, in the connection's transaction.

    A key without a level has no row. unknown: contracts whose topic is missing or not yet read to
    its end, so that their figures are unknown.
    """
    chosen = list(keys)
    for start in range(0, len(chosen), CHUNK):
        _refresh(connection, chosen[start : start + CHUNK], now, days, unknown)


def keys_to_refresh(connection: Connection, now: datetime, limit: int) -> list[ShelfKey]:
    """Return keys of shelves of which time alone has changed a figure, the oldest first."""
    query = (
        select(SHELVES.c.store_id, SHELVES.c.sku)
        .where(SHELVES.c.refresh_at <= now)
        .order_by(SHELVES.c.refresh_at)
        .limit(limit)
    )
    return [(store, sku) for store, sku in connection.execute(query)]


def as_shelf(row: Row[Any]) -> Shelf:
    """Return the shelf of a row that has the columns of SHELVES, in any order."""
    values = {name: row._mapping[name] for name in _NAMES}
    values["status"], values["need"] = Status(values["status"]), Need(values["need"])
    return Shelf(**values)


def _refresh(
    connection: Connection,
    keys: Sequence[ShelfKey],
    now: datetime,
    days: BusinessDays,
    unknown: Collection[type[Record]],
) -> None:
    choose(connection, keys)
    before = _needs(connection)
    rows = [shelf(facts, now, days) for facts in read_facts(connection, now, days.zone, unknown)]
    if rows:
        statement = INSERT[connection.dialect.name](SHELVES)
        changed = {name: statement.excluded[name] for name in _NAMES}
        values = [{name: getattr(row, name) for name in _NAMES} for row in rows]
        connection.execute(
            statement.on_conflict_do_update(index_elements=["store_id", "sku"], set_=changed),
            values,
        )
    needs = {(row.store_id, row.sku): row.need for row in rows}
    _delete(connection, SHELVES, [key for key in before if key not in needs])
    others = {
        key: (Need(need), needs.get(key)) for key, need in before.items() if needs.get(key) != need
    }
    if others:
        _end_acknowledgements(connection, others, now)


def _end_acknowledgements(
    connection: Connection, changed: Mapping[ShelfKey, tuple[Need, Need | None]], now: datetime
) -> None:
    """End acknowledgements of shelves in CHOSEN. changed: the former need and the new one."""
    columns = ACKNOWLEDGEMENTS.c
    same = and_(columns.store_id == CHOSEN.c.store_id, columns.sku == CHOSEN.c.sku)
    query = select(columns.store_id, columns.sku, columns.need, columns.acknowledged_at)
    ended: list[ShelfKey] = []
    gone: list[dict[str, Any]] = []
    for store, sku, need, at in connection.execute(
        query.select_from(CHOSEN).join(ACKNOWLEDGEMENTS, same)
    ):
        if (store, sku) not in changed:
            continue
        before, after = changed[store, sku]
        if after is None or has_ended(Need(need), before, after, now - at):
            ended.append((store, sku))
        elif before in COVERED[Need(need)] and after not in COVERED[Need(need)]:
            gone.append({"of_store": store, "of_sku": sku, "gone_at": now})
    _delete(connection, ACKNOWLEDGEMENTS, ended)
    if gone:
        of_shelf = columns.store_id == bindparam("of_store"), columns.sku == bindparam("of_sku")
        is_gone = update(ACKNOWLEDGEMENTS).where(*of_shelf)
        connection.execute(is_gone.values(acknowledged_at=bindparam("gone_at")), gone)


def _needs(connection: Connection) -> dict[ShelfKey, str]:
    same = and_(SHELVES.c.store_id == CHOSEN.c.store_id, SHELVES.c.sku == CHOSEN.c.sku)
    query = select(SHELVES.c.store_id, SHELVES.c.sku, SHELVES.c.need).select_from(
        CHOSEN.join(SHELVES, same, isouter=True)
    )
    return {(store, sku): need for store, sku, need in connection.execute(query) if need}


def _delete(connection: Connection, table: Table, keys: Sequence[ShelfKey]) -> None:
    if keys:
        connection.execute(
            delete(table).where(
                table.c.store_id == bindparam("of_store"), table.c.sku == bindparam("of_sku")
            ),
            [{"of_store": store, "of_sku": sku} for store, sku in keys],
        )
