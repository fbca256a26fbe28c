"""One product: its shelf in each store, and a week of sales in one of them."""

from datetime import date, timedelta

from sqlalchemy import Engine, func, select

from schemas.generated import InventoryLevel, SalesByDay
from views.database.shelves import SHELVES, as_shelf
from views.database.tables import TABLES
from views.shelf_figures import Shelf

WEEK = 7


def in_every_store(engine: Engine, sku: str) -> list[Shelf]:
    """Return the shelves of a product, by store."""
    query = select(SHELVES).where(SHELVES.c.sku == sku).order_by(SHELVES.c.store_id)
    with engine.connect() as connection:
        return [as_shelf(row) for row in connection.execute(query)]


def week_of_sales(engine: Engine, store_id: str, sku: str, today: date) -> dict[date, int]:
    """Return the net units of the last seven days with today; a day without sales is 0."""
    days = [today - timedelta(days=back) for back in reversed(range(WEEK))]
    sales = TABLES[SalesByDay].c
    query = (
        select(sales.business_day, func.sum(sales.units))
        .where(
            sales.store_id == store_id, sales.sku == sku,
            # PostgreSQL takes no collation, which a parameter has, within a BETWEEN.
            sales.business_day >= days[0].isoformat(), sales.business_day <= days[-1].isoformat(),
        )
        .group_by(sales.business_day)
    )  # fmt: skip
    with engine.connect() as connection:
        sold = {day: int(units) for day, units in connection.execute(query)}
    return {day: sold.get(day.isoformat(), 0) for day in days}


def level_of(engine: Engine, store_id: str, sku: str) -> int | None:
    """Return on hand of a shelf; None without a level."""
    levels = TABLES[InventoryLevel].c
    query = select(levels.on_hand).where(levels.store_id == store_id, levels.sku == sku)
    with engine.connect() as connection:
        return connection.scalar(query)
