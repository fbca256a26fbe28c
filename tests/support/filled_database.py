"""A read model in memory, filled with records as its process writes them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.pool import StaticPool

from schemas.generated import InventoryLevel
from schemas.record import Record
from views.business_days import BusinessDays
from views.database.shelves import refresh
from views.database.tables import METADATA, TABLES

DAYS = BusinessDays(UTC)


def filled_database(
    records: Iterable[Record],
    now: datetime,
    days: BusinessDays = DAYS,
    unknown: Collection[type[Record]] = (),
) -> Engine:
    """Return a database with the records and the shelves that follow from them."""
    # One connection for all threads: each further one would open an empty database.
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    METADATA.create_all(engine)
    put(engine, records)
    refresh_all(engine, now, days, unknown)
    return engine


def refresh_all(
    engine: Engine,
    now: datetime,
    days: BusinessDays = DAYS,
    unknown: Collection[type[Record]] = (),
) -> None:
    """Compute the shelves of all levels."""
    levels = TABLES[InventoryLevel].c
    query = select(levels.store_id, levels.sku)
    with engine.begin() as connection:
        keys = [(store, sku) for store, sku in connection.execute(query)]
        refresh(connection, keys, now, days, unknown)


def put(engine: Engine, records: Iterable[Record]) -> None:
    """Insert records; none of their keys may be there."""
    rows = defaultdict(list)
    for record in records:
        rows[type(record)].append(record.to_dict())
    with engine.begin() as connection:
        for record_type, values in rows.items():
            connection.execute(insert(TABLES[record_type]), values)
