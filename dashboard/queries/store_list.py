"""The stores to choose from."""

from sqlalchemy import Engine

from views.known_stores import KnownStores, stores_of


def known_stores(engine: Engine) -> KnownStores:
    """Return the stores that have a record, stock, an order or a transfer."""
    with engine.connect() as connection:
        return stores_of(connection)


def nearest(requested: str, stores: KnownStores) -> str | None:
    """Return the store of an id, a name or both; None: none, or more than one.

    In upper or lower case; beside its id, a store may have had another name.
    """
    if requested in stores:
        return requested
    folded = requested.casefold()
    same = [
        store_id
        for store_id, store in stores.items()
        if folded in {store_id.casefold(), store.name.casefold() if store else None}
        or folded.endswith(f" ({store_id.casefold()})")
    ]
    return same[0] if len(same) == 1 else None
