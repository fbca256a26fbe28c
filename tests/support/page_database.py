"""Databases of the read model for tests, filled without Kafka."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select, update

from connect.settings import Settings
from schemas.generated import InventoryLevel, Product
from schemas.record import Record
from views.business_days import BusinessDays
from views.database import heartbeats
from views.database.engine import open_database, writing
from views.database.heartbeats import GATE, JOB, Heartbeat
from views.database.product_barcodes import write_barcodes
from views.database.shelves import refresh
from views.database.tables import OFFSETS, TABLES

LEVELS = TABLES[InventoryLevel].c


def filled(folder: Path, records: Iterable[Record], now: datetime | None = None) -> Engine:
    """Return an SQLite database that holds some records, as read at a time."""
    engine = open_database(Settings(state=folder))
    write(engine, records, now)
    return engine


def write(
    engine: Engine,
    records: Iterable[Record],
    now: datetime | None = None,
    unknown: Collection[type[Record]] = (),
) -> None:
    """Add records to a database, and say that all topics were read to their end.

    unknown: contracts without a topic.
    """
    now = now or datetime.now(UTC)
    with writing(engine) as connection:
        count = connection.scalar(select(OFFSETS.c.next_offset)) or 0
        for record in records:
            connection.execute(insert(TABLES[type(record)]), record.to_dict())
            if isinstance(record, Product):
                write_barcodes(connection, [record])
            count += 1
        say_read(connection, count, now, unknown)
        keys = connection.execute(select(LEVELS.store_id, LEVELS.sku)).all()
        refresh(connection, [(store, sku) for store, sku in keys], now, BusinessDays(UTC), unknown)


def say_unread(engine: Engine, *record_types: type[Record]) -> None:
    """Say that the topics of some contracts are being read for the first time."""
    topics = [each.TOPIC for each in record_types]
    with writing(engine) as connection:
        of_topics = update(OFFSETS).where(OFFSETS.c.topic.in_(topics))
        connection.execute(of_topics.values(complete=False))


def say_read(
    connection: Connection,
    count: int,
    at: datetime,
    unknown: Collection[type[Record]] = (),
    **more: object,
) -> None:
    """Say that all parts work, and that each topic but the unknown was read up to a number."""
    row = {
        "partition": 0,
        "topic_id": "topic",
        "next_offset": count,
        "end_offset": count,
        "read_at": at,
        "newest_at": at,
        "complete": True,
        **more,
    }
    heartbeats.save(connection, [Heartbeat(part, at, at, at) for part in (JOB, GATE)])
    connection.execute(delete(OFFSETS))
    rows = [row | {"topic": each.TOPIC} for each in TABLES if each not in unknown]
    connection.execute(insert(OFFSETS), rows)
