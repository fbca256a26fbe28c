"""The newest records of the shelves: levels, products, orders and sales by day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from producers.replenisher.shelf_orders import ShelfOrders
from schemas.generated import InventoryLevel, OpenOrder, Product, SalesByDay
from schemas.record import Record
from views.sales_days import History, SalesDays
from views.table import Table

Key = tuple[str, str]


class KnownShelf(NamedTuple):
    """A level with its product, orders and sales by day."""

    level: InventoryLevel
    product: Product
    orders: ShelfOrders
    sales: History


class KnownShelves:
    """The newest record of each key, by (store_id, sku)."""

    def __init__(self) -> None:
        self._levels: Table[InventoryLevel] = Table()
        self._products: Table[Product] = Table()
        self._orders: defaultdict[Key, ShelfOrders] = defaultdict(ShelfOrders)
        self._sales: defaultdict[str, SalesDays] = defaultdict(SalesDays)
        self._changed: set[Key] = set()

    def put(self, records: Iterable[Record]) -> list[OpenOrder]:
        """Add records; return the orders that were new or changed."""
        products, orders = set(), []
        for record in records:
            if isinstance(record, InventoryLevel) and self._levels.put(record):
                self._changed.add(record.key())
            elif isinstance(record, OpenOrder):
                key = (record.store_id, record.sku)
                if self._orders[key].put(record):
                    self._changed.add(key)
                    orders.append(record)
            elif isinstance(record, SalesByDay):
                if self._sales[record.store_id].put(record):
                    self._changed.add((record.store_id, record.sku))
            elif isinstance(record, Product):
                self._products.put(record)
                products.add(record.sku)
        if products:
            # A level may have come before its product, or the reorder point has changed.
            self._changed.update(level.key() for level in self._levels if level.sku in products)
        return orders

    def get(self, key: Key) -> KnownShelf | None:
        """Return a shelf; None while its level or product is unknown."""
        level, product = self._levels.get(*key), self._products.get(key[1])
        if level is None or product is None:
            return None
        return KnownShelf(level, product, self._orders[key], self._sales[key[0]].of(key[1]))

    def lead_time(self, sku: str) -> int:
        """Return the product's lead time in days; 0 for an unknown product."""
        product = self._products.get(sku)
        return product.lead_time if product else 0

    def changed(self) -> set[Key]:
        """Return the shelves with new records since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    def all(self) -> set[Key]:
        """Return every shelf with a level."""
        return {level.key() for level in self._levels}

    def drop_sales_before(self, first: date) -> None:
        """Drop the sales of the days before `first`."""
        for sales in self._sales.values():
            sales.drop_before(first)
