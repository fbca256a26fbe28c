"""The newest records of the shelves: levels, products, orders, transfers and sales by day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from connect.record_consumer import Tombstone
from producers.replenisher.order_ids import parse_order_id
from producers.replenisher.shelf_orders import ShelfOrders
from schemas.generated import (
    InventoryLevel,
    OpenOrder,
    OpenTransfer,
    Product,
    ReplenishmentOrder,
    SalesByDay,
    Shipment,
)
from schemas.record import Record
from views.open_items import OpenItems
from views.sales_days import History, SalesDays
from views.table import Table

Key = tuple[str, str]


class KnownShelf(NamedTuple):
    """A level with its product, orders, transfers to it and sales by day."""

    level: InventoryLevel
    product: Product
    orders: ShelfOrders
    transfers: OpenItems[OpenTransfer]
    sales: History


class KnownShelves:
    """The newest record of each key, by (store_id, sku)."""

    def __init__(self) -> None:
        self._levels: Table[InventoryLevel] = Table()
        self._products: Table[Product] = Table()
        self._orders: defaultdict[Key, ShelfOrders] = defaultdict(ShelfOrders)
        self._transfers: defaultdict[Key, OpenItems[OpenTransfer]] = defaultdict(OpenItems)
        self._sales: defaultdict[str, SalesDays] = defaultdict(SalesDays)
        self._changed: set[Key] = set()

    def put(self, records: Iterable[Record | Tombstone]) -> list[OpenOrder]:
        """Add or remove records; return the orders that were new or changed."""
        products, orders = set(), []
        for record in records:
            if isinstance(record, InventoryLevel) and self._levels.put(record):
                self._changed.add(record.key())
            elif isinstance(record, OpenOrder):
                key = (record.store_id, record.sku)
                if self._orders[key].put(record):
                    self._changed.add(key)
                    orders.append(record)
            elif isinstance(record, OpenTransfer):
                key = (record.to_store, record.sku)
                if self._transfers[key].put(record):
                    self._changed.add(key)
            elif isinstance(record, SalesByDay):
                if self._sales[record.store_id].put(record):
                    self._changed.add((record.store_id, record.sku))
            elif isinstance(record, Product):
                self._products.put(record)
                products.add(record.sku)
            elif isinstance(record, Tombstone):
                orders += self._remove(*record)
        if products:
            # A level may have come before its product, or the reorder point has changed.
            self._changed.update(level.key() for level in self._levels if level.sku in products)
        return orders

    def _remove(self, record_type: type[Record], key: Any) -> Iterator[OpenOrder]:
        """Delete the record of a key; yield an order that is finished thereby."""
        shelf: Key = key[:2]
        if record_type is Product:
            self._products.remove(key)
            return
        if record_type is InventoryLevel:
            self._levels.remove(key)
        elif record_type is SalesByDay:
            self._sales[key[0]].remove(key)
        elif record_type is OpenTransfer:
            shelf = key[2:]
            self._transfers[shelf].remove(key)
        elif record_type is OpenOrder:
            shelf = key[1:]
            order = self._orders[shelf].remove(key)
            yield from [order] if order else []
        self._changed.add(shelf)

    def get(self, key: Key) -> KnownShelf | None:
        """Return a shelf; None while its level or product is unknown."""
        level, product = self._levels.get(*key), self._products.get(key[1])
        if level is None or product is None:
            return None
        sales = self._sales[key[0]].of(key[1])
        return KnownShelf(level, product, self._orders[key], self._transfers[key], sales)

    def begin(self, sent: Iterable[ReplenishmentOrder | Shipment]) -> None:
        """Note, once all topics have been read, which orders have been deleted as finished.

        sent: events of an earlier run for orders that are not known to be finished. The topic shows
        an order before anything is delivered on it or withdrawn.
        """
        placed: defaultdict[Key, set[int]] = defaultdict(set)
        shown: defaultdict[Key, set[int]] = defaultdict(set)
        for event in sent:
            key = (event.store_id, event.sku)
            own = parse_order_id(event.order_id or "", *key)
            if own is not None:
                (placed if event.event_id == own.event_id else shown)[key].add(own.number)
        for level in self._levels:
            key = level.key()
            self._orders[key].begin(placed[key] - shown[key], level.received)

    @property
    def newest_movement(self) -> datetime | None:
        """Time of the newest movement of a level."""
        return max((level.last_movement_at for level in self._levels), default=None)

    def awaits(self, order_id: str, store_id: str, sku: str) -> bool:
        """Return True for one of the supplier's own orders that is not known to be finished."""
        own = parse_order_id(order_id, store_id, sku)
        return own is not None and not self._orders[store_id, sku].finished(own.number)

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
