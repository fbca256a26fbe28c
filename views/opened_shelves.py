"""Shelves that have opening stock: a count or a receipt of goods in the ledger."""

from collections.abc import Collection

from sqlalchemy import select

from connect.settings import Settings
from schemas.generated import LedgerEntry
from views.counted_events import has_ledger
from views.database.engine import database_answers, open_database
from views.database.tables import TABLES

LEDGER = TABLES[LedgerEntry].c
OPENINGS = ("count", "shipment", "transfer_in")
"""Kinds of entries that bring goods to a shelf, or say how many it has."""
Shelf = tuple[str, str]
"""Store and SKU."""


def opened_shelves(settings: Settings, stores: Collection[str]) -> set[Shelf]:
    """Return the shelves of some stores that have opening stock; none without a read model.

    Raises UserError when the database does not answer.
    """
    if not has_ledger(settings):
        return set()
    engine = open_database(settings)
    # No bare store_id and no DISTINCT: one scan of the ledger takes a twentieth of the time in
    # which SQLite follows the index by store and SKU to each row.
    is_here = (LEDGER.store_id + "").in_(stores)
    query = select(LEDGER.store_id, LEDGER.sku).where(LEDGER.kind.in_(OPENINGS), is_here)
    try:
        with database_answers(settings), engine.connect() as connection:
            return {(store, sku) for store, sku in connection.execute(query)}
    finally:
        engine.dispose()
