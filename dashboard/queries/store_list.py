"""The stores to choose from, with what the chain knows of them."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine, select, text

from schemas.generated import Store
from views.database.tables import TABLES

STORES = text(Path(__file__).with_name("store_list.sql").read_text(encoding="utf-8"))
KnownStores = Mapping[str, Store | None]
"""The stores by id, sorted; None: the contract `store` has no record of it."""


def known_stores(engine: Engine) -> KnownStores:
    """Return the stores that have a record, stock, an order or a transfer."""
    with engine.connect() as connection:
        rows = connection.execute(select(TABLES[Store])).mappings()
        records = {row["store_id"]: Store.from_dict(dict(row)) for row in rows}
        return {store_id: records.get(store_id) for store_id in connection.scalars(STORES)}


def nearest(requested: str, stores: KnownStores) -> str | None:
    """Return the store of an id or a name, in upper or lower case; None: none, or more than one."""
    if requested in stores:
        return requested
    same = [
        store_id
        for store_id, store in stores.items()
        if requested.casefold() in {store_id.casefold(), store.name.casefold() if store else None}
    ]
    return same[0] if len(same) == 1 else None
