"""All that is known of the shelves, as it comes in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from producers.replenisher.orders import Orders
from schemas.generated import InventoryLevel, OpenOrder, Product, SalesByDay
from schemas.record import Record
from views.table import Table

Key = tuple[str, str]


class Shelf(NamedTuple):
    """A level, its product, and the orders and the sales by day of both."""

    level: InventoryLevel
    product: Product
    orders: Orders
    sales: list[SalesByDay]


class Shelves:
    """The newest of every record, by (store_id, sku)."""

    def __init__(self) -> None:
        self._levels: Table[InventoryLevel] = Table()
        self._products: Table[Product] = Table()
        self._orders: defaultdict[Key, Orders] = defaultdict(Orders)
        self._sales: defaultdict[Key, dict[tuple[str, str], SalesByDay]] = defaultdict(dict)
        self._changed: set[Key] = set()

    def put(self, records: Iterable[Record]) -> list[OpenOrder]:
        """Take records in; returns those of orders that were news."""
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
                self._put_sales(record)
            elif isinstance(record, Product):
                self._products.put(record)
                products.add(record.sku)
        if products:
            # A shelf may have waited for its product, or its reorder point has changed.
            self._changed.update(level.key() for level in self._levels if level.sku in products)
        return orders

    def find(self, key: Key) -> Shelf | None:
        """A shelf whose level and product are known."""
        level, product = self._levels.get(*key), self._products.get(key[1])
        if level is None or product is None:
            return None
        return Shelf(level, product, self._orders[key], list(self._sales.get(key, {}).values()))

    def lead_time(self, sku: str) -> int:
        """Days, as the catalogue says; 0 for what it does not have."""
        product = self._products.get(sku)
        return product.lead_time if product else 0

    def changed(self) -> set[Key]:
        """The shelves of which something has come in since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    def all(self) -> set[Key]:
        return {level.key() for level in self._levels}

    def forget_sales(self, first: date) -> None:
        """Drop the sales of the days before a first one."""
        for key, days in self._sales.items():
            kept = {day: row for day, row in days.items() if day[0] >= first.isoformat()}
            self._sales[key] = kept

    def _put_sales(self, record: SalesByDay) -> None:
        try:
            date.fromisoformat(record.business_day)
        except ValueError:  # a day that no calendar has
            return
        key, day = (record.store_id, record.sku), (record.business_day, record.currency)
        sales = self._sales[key]
        if day not in sales or record.version >= sales[day].version:
            sales[day] = record
            self._changed.add(key)
