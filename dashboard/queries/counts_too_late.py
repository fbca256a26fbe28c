"""Counts that were refused as too late, of shelves that were not counted since."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, select

from dashboard.queries.refusals import LARGEST_SEARCH
from schemas.generated import InventoryLevel, Product, QuarantinedRecord, StockCount
from schemas.violations import ContractViolationError
from views.database.quarantine_rows import REFUSED, not_redriven
from views.database.tables import TABLES
from views.quarantine_fields import readable_fields

REASON = "late_count"
LEVELS, PRODUCTS = TABLES[InventoryLevel].c, TABLES[Product].c
Counts = tuple[StockCount, ...]


class LateCount(NamedTuple):
    """A count to be taken again, and its product."""

    counted: StockCount
    name: str | None
    """None: not in the catalogue."""
    unit: str | None
    """Base unit of the amount; None: pieces."""


def late_counts(engine: Engine, prefix: str, after: datetime) -> dict[str, Counts]:
    """Return the counts refused since a time by store, the newest first, each shelf once.

    prefix: of the topics, see Settings.
    """
    query = not_redriven(
        select(REFUSED), REFUSED.c.reason == REASON, REFUSED.c.quarantined_at >= after
    )
    query = query.order_by(REFUSED.c.quarantined_at.desc()).limit(LARGEST_SEARCH)
    with engine.connect() as connection:
        records = [QuarantinedRecord(**row) for row in connection.execute(query).mappings()]
    by_shelf: dict[tuple[str, str], StockCount] = {}
    for count in _readable(records, prefix):
        by_shelf.setdefault((count.store_id, count.sku), count)
    by_store: defaultdict[str, list[StockCount]] = defaultdict(list)
    for (store_id, _), count in by_shelf.items():
        by_store[store_id].append(count)
    return {store_id: tuple(counts) for store_id, counts in by_store.items()}


def to_count_again(engine: Engine, counts: Counts) -> tuple[LateCount, ...]:
    """Return those of one store's counts after whose moment their shelf was not counted."""
    if not counts:
        return ()
    skus = [each.sku for each in counts]
    counted = select(LEVELS.sku, LEVELS.counted_at).where(
        LEVELS.store_id == counts[0].store_id, LEVELS.sku.in_(skus)
    )
    products = select(PRODUCTS.sku, PRODUCTS.name, PRODUCTS.unit).where(PRODUCTS.sku.in_(skus))
    with engine.connect() as connection:
        newest = {sku: at for sku, at in connection.execute(counted)}
        known = {sku: (name, unit) for sku, name, unit in connection.execute(products)}
    return tuple(
        LateCount(each, *known.get(each.sku, (None, None)))
        for each in counts
        if (at := newest.get(each.sku)) is None or at <= each.counted_at
    )


def _readable(records: list[QuarantinedRecord], prefix: str) -> Iterator[StockCount]:
    for record in records:
        # A page cannot ask the registry: what this version of the contract does not read is none.
        fields = readable_fields(record, lambda _: StockCount.SCHEMA, prefix)
        if fields.keys() == {field.name for field in StockCount.FIELDS}:
            count = StockCount.from_dict(fields)
            try:
                count.validate()
            except ContractViolationError:
                continue
            yield count
