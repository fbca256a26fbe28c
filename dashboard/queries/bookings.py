"""Rows that a booking needs: products, expected goods, and what became of it."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Engine,
    LargeBinary,
    String,
    Text,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
)

from connect.settings import Settings
from dashboard.model.booked_events import topics_of_bookings
from dashboard.queries.word_search import has_words
from schemas.avro import encode
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    QuarantinedRecord,
)
from views.amounts import amount
from views.barcodes import forms
from views.database.column_types import POSTGRESQL, Characters
from views.database.tables import TABLES

PRODUCTS = (
    text(Path(__file__).with_name("booking_products.sql").read_text(encoding="utf-8"))
    .columns(sku=String, name=String, unit=String, on_hand=BigInteger)
    .subquery()
)
CODED_PRODUCTS = text(
    Path(__file__).with_name("coded_products.sql").read_text(encoding="utf-8")
).bindparams(
    bindparam("code", type_=Characters()), bindparam("barcodes", type_=Characters(), expanding=True)
)
LEVELS, LEDGER = TABLES[InventoryLevel], TABLES[LedgerEntry]
ORDERS, TRANSFERS = TABLES[OpenOrder], TABLES[OpenTransfer]
QUARANTINE, CATALOGUE = TABLES[QuarantinedRecord], TABLES[Product]
LARGEST_EVENT = 2000
"""Bytes of a booking; larger records are other producers'."""


class ShelfProduct(NamedTuple):
    """A product, as one store has it."""

    sku: str
    name: str | None
    """None: it is not in the catalogue."""
    unit: str | None
    """Base unit of its amounts; None: pieces."""
    on_hand: int | None
    """None: the store has no level of it."""

    @property
    def stock(self) -> str:
        """Amount on hand in words; "" without a level."""
        return "" if self.on_hand is None else f"{amount(self.on_hand, self.unit)} on hand"


def products(engine: Engine, store_id: str, words: str, limit: int) -> list[ShelfProduct]:
    """Find the products of a code, or if there are none those with words of code and name."""
    if coded := coded_products(engine, store_id, words, limit):
        return coded
    columns = PRODUCTS.c
    query = (
        select(PRODUCTS)
        .where(*has_words(words, columns.name, columns.sku))
        .order_by(columns.name.nulls_last(), columns.sku)
        .limit(limit)
    )
    with engine.connect() as connection:
        rows = connection.execute(query, {"store_id": store_id})
        return [ShelfProduct(*row) for row in rows]


def coded_products(engine: Engine, store_id: str, code: str, limit: int) -> list[ShelfProduct]:
    """Find the product whose SKU is the code, then those of which it is a barcode."""
    code = code.strip()
    values = {"store_id": store_id, "code": code, "barcodes": forms(code), "limit": limit}
    with engine.connect() as connection:
        return [ShelfProduct(*row) for row in connection.execute(CODED_PRODUCTS, values)]


def name(engine: Engine, sku: str) -> str | None:
    """Return the name of a product; None: it has none, or is not in the catalogue."""
    with engine.connect() as connection:
        return connection.scalar(select(CATALOGUE.c.name).where(CATALOGUE.c.sku == sku))


def level(engine: Engine, store_id: str, sku: str) -> InventoryLevel | None:
    """Return the level of a product in a store."""
    query = select(LEVELS).where(LEVELS.c.store_id == store_id, LEVELS.c.sku == sku)
    with engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else InventoryLevel.from_dict(dict(row))


def expected(engine: Engine, store_id: str, sku: str, limit: int) -> list[OpenOrder | OpenTransfer]:
    """Return the orders and transfers of which something is still to come to a store."""
    orders = (
        select(ORDERS)
        .where(ORDERS.c.store_id == store_id, ORDERS.c.sku == sku, ORDERS.c.remaining > 0)
        .order_by(ORDERS.c.expected_at, ORDERS.c.order_id)
        .limit(limit)
    )
    transfers = (
        select(TRANSFERS)
        .where(TRANSFERS.c.to_store == store_id, TRANSFERS.c.sku == sku, TRANSFERS.c.in_transit > 0)
        .order_by(TRANSFERS.c.transfer_id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [
            *(OpenOrder.from_dict(dict(row)) for row in connection.execute(orders).mappings()),
            *(
                OpenTransfer.from_dict(dict(row))
                for row in connection.execute(transfers).mappings()
            ),
        ]


def entry(engine: Engine, event_id: str) -> LedgerEntry | None:
    """Return the line of an event in the ledger."""
    with engine.connect() as connection:
        query = select(LEDGER).where(LEDGER.c.event_id == event_id)
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else LedgerEntry.from_dict(dict(row))


def refusal(engine: Engine, settings: Settings, event_id: str) -> QuarantinedRecord | None:
    """Return the quarantined record of a booking, by its id in the bytes or in the sentence."""
    columns, identity = QUARANTINE.c, encode.text(event_id)
    named = literal(event_id, Text)
    if engine.dialect.name == POSTGRESQL:
        in_bytes = func.position(literal(identity, LargeBinary).op("in")(columns.raw_value)) > 0
        in_words = func.strpos(columns.sentence, named) > 0
    else:
        in_bytes = func.instr(columns.raw_value, literal(identity, LargeBinary)) > 0
        in_words = func.instr(columns.sentence, named) > 0
    is_event = func.coalesce(func.length(columns.raw_value), 0) <= LARGEST_EVENT
    # The primary key begins with the topic: the records of others, such as tills', are not read.
    is_booked = columns.source_topic.in_(topics_of_bookings(settings))
    query = select(QUARANTINE).where(is_booked, is_event, or_(in_bytes, in_words))
    query = query.order_by(columns.quarantined_at.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else QuarantinedRecord.from_dict(dict(row))
