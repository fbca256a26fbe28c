"""The page Book without a browser: what it sends, and what a person enters and sees."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, delete, insert
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from connect.errors import UserError
from connect.message_headers import Headers
from connect.settings import Settings
from dashboard.booking.desk import Desk, State
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    Product,
    StockCount,
)
from schemas.record import Record
from tests.support.page_database import say_read
from tests.support.store_records import level, order, product, transfer
from views.database.engine import open_database, writing
from views.database.product_barcodes import write_barcodes
from views.database.tables import TABLES

RECORDS: list[Record] = [
    product("007", name="Milk"),
    product("008", name="Milk, 2 litres"),
    product("a", name="Eggs"),
    level("007", 9),
    level("a", 4),
    level("a", 7, store="S2"),
    order("o", 5, datetime(2026, 1, 31, 9, tzinfo=UTC)),
    transfer("t", 3),
]
ID = "booking-" + "0" * 32


@dataclass
class Kafka:
    """Events that were sent; `down` raises instead, and none is sent while `slow` is locked."""

    events: list[Any] = field(default_factory=list)
    headers: list[Headers] = field(default_factory=list)
    down: bool = False
    slow: Lock = field(default_factory=Lock)

    def __call__(self, event: Record, headers: Headers) -> None:
        with self.slow:
            pass
        if self.down:
            raise UserError("Kafka does not answer.")
        self.events.append(event)
        self.headers.append(headers)


def filled(folder: Path, records: list[Record]) -> Engine:
    engine = open_database(Settings(state=folder))
    write(engine, records)
    with writing(engine) as connection:
        say_read(connection, len(records), datetime.now(UTC))
    return engine


def write(engine: Engine, records: list[Any]) -> None:
    with writing(engine) as connection:
        for record in records:
            connection.execute(insert(TABLES[type(record)]), record.to_dict())
            if isinstance(record, Product):
                write_barcodes(connection, [record])


def choice(app: AppTest, name: str) -> str:
    """Return a choice in the address."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def choices(**more: str) -> dict[str, str]:
    return {"store": "S1", "by": "Ada", "booking": ID, **more}


def amounts(app: AppTest) -> list[TextInput]:
    """Return the inputs of quantities."""
    return [each for each in app.text_input if str(each.key).endswith(":quantity")]


def enter(app: AppTest, *numbers: int, **chosen: str) -> AppTest:
    """Fill in the form and book."""
    for number in numbers:
        amounts(app)[0].set_value(str(number))
    for label, value in chosen.items():
        next(each for each in app.selectbox if each.label.startswith(label)).set_value(value)
    next(each for each in app.button if each.label == "Book").click()
    app.run()
    assert not app.exception
    return app


def sent(desk: Desk) -> None:
    for _ in range(2000):
        booking = desk.booking(ID)
        if booking is not None and booking.state is not State.SENDING:
            return
        time.sleep(0.001)
    raise AssertionError("The booking was not sent.")


def shown(app: AppTest) -> str:
    boxes = [*app.success, *app.error, *app.warning, *app.info]
    return "\n".join(box.value for box in boxes)


def entry(event: StockCount) -> LedgerEntry:
    return LedgerEntry(
        event_id=event.event_id,
        store_id=event.store_id,
        sku=event.sku,
        kind="count",
        quantity=event.quantity,
        occurred_at=event.counted_at,
        recorded_at=event.recorded_at,
        source_topic="accepted-stock-counts",
        source_partition=0,
        source_offset=0,
    )


def replaced(engine: Engine, record: InventoryLevel) -> None:
    table = TABLES[InventoryLevel]
    with writing(engine) as connection:
        connection.execute(
            delete(table).where(table.c.store_id == record.store_id, table.c.sku == record.sku)
        )
    write(engine, [record])
