"""The stores, with what the chain knows of them."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, select, text

from schemas.generated import Store
from views.database.tables import TABLES

STORES = text(Path(__file__).with_name("known_stores.sql").read_text(encoding="utf-8"))
KnownStores = Mapping[str, Store | None]
"""The stores by id, sorted; None: the contract `store` has no record of it."""


def stores_of(connection: Connection) -> KnownStores:
    """Return the stores that have a record, stock, an order or a transfer."""
    rows = connection.execute(select(TABLES[Store])).mappings()
    records = {row["store_id"]: Store.from_dict(dict(row)) for row in rows}
    return {store_id: records.get(store_id) for store_id in connection.scalars(STORES)}
