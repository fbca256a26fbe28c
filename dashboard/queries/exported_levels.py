"""The levels of one store or all, with their products, supply and demand, one by one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, and_, select

from schemas.generated import InventoryLevel, Product
from views.database.shelves import SHELVES
from views.database.tables import TABLES
from views.demand import Velocity

LEVELS, PRODUCTS = TABLES[InventoryLevel], TABLES[Product]
FETCHED = 1_000
"""Number of rows in memory at once."""
_FIGURES = [
    SHELVES.c.velocity_units,
    SHELVES.c.velocity_days,
    SHELVES.c.on_order,
    SHELVES.c.due_at,
    SHELVES.c.in_transit,
    SHELVES.c.suggested_order,
]


class ExportedLevel(NamedTuple):
    """A level, its product, and the figures of its shelf; None: unknown."""

    level: InventoryLevel
    product: Product | None
    """None: not in the catalogue."""
    velocity: Velocity | None = None
    on_order: int | None = None
    due_at: datetime | None = None
    """Earliest expected date of the units on order; None: none on order, or no date."""
    in_transit: int | None = None
    suggested_order: int | None = None


def levels(engine: Engine, store_id: str | None = None) -> Iterator[ExportedLevel]:
    """Yield the levels of a store, or of all, sorted by store and SKU."""
    query = (
        select(*LEVELS.c, *PRODUCTS.c, *_FIGURES)
        .select_from(LEVELS)
        .outerjoin(PRODUCTS, PRODUCTS.c.sku == LEVELS.c.sku)
        .outerjoin(
            SHELVES, and_(SHELVES.c.store_id == LEVELS.c.store_id, SHELVES.c.sku == LEVELS.c.sku)
        )
        .order_by(LEVELS.c.store_id, LEVELS.c.sku)
    )
    if store_id is not None:
        query = query.where(LEVELS.c.store_id == store_id)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=FETCHED).execute(query):
            yield _exported(row)


def _exported(row: Row[Any]) -> ExportedLevel:
    of_level, of_product = len(LEVELS.c), len(LEVELS.c) + len(PRODUCTS.c)
    level = InventoryLevel.from_dict(dict(zip(LEVELS.c.keys(), row[:of_level], strict=True)))
    values = dict(zip(PRODUCTS.c.keys(), row[of_level:of_product], strict=True))
    product = Product.from_dict(values) if values["sku"] is not None else None
    units, days, *supply = row[of_product:]
    # A level that has just been read has no figures yet.
    return ExportedLevel(level, product, Velocity(units, days, 0.0) if days else None, *supply)
