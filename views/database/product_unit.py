"""The unit of one product."""

from sqlalchemy import Engine, select

from schemas.generated import Product
from views.database.tables import TABLES


def unit_of(engine: Engine, sku: str) -> str | None:
    """Return the base unit of a product's amounts; None: pieces, or not in the catalogue."""
    products = TABLES[Product].c
    with engine.connect() as connection:
        return connection.scalar(select(products.unit).where(products.sku == sku))
