"""The stores to choose from."""

from sqlalchemy import Engine

from views.known_stores import KnownStores, stores_of


def known_stores(engine: Engine) -> KnownStores:
    """Return the stores that have a record, stock, an order or a transfer."""
    with engine.connect() as connection:
        return stores_of(connection)


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
