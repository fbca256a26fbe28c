"""Names of stores, as the contract `store` has them."""

from schemas.generated import Store


def label(store_id: str, store: Store | None) -> str:
    """Return the name with the id beside it; of a store without a record, the id."""
    if store is None or store.name == store_id:
        return store_id
    return f"{store.name} ({store_id})"
