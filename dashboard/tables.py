"""The topics as tables, and pictures of them that cost no more than what has changed."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from dashboard.sales import Window
from dashboard.snapshot import Store
from schemas.generated import InventoryLevel, Product, SalesPerMinute
from schemas.record import Record
from views.table import Table


class Tables:
    """What one reading of the topics from their beginning has found so far."""

    def __init__(self) -> None:
        self.levels_read = 0
        self.read_at: datetime | None = None
        self._levels: dict[str, Table[InventoryLevel]] = {}
        self._windows: dict[str, Window] = {}
        self._products: Table[Product] = Table()
        self._catalogue: Mapping[str, Product] = MappingProxyType({})
        self._catalogue_changed = False
        self._read_at: dict[str, datetime] = {}
        self._changed: set[str] = set()
        self._stores: Mapping[str, Store] = MappingProxyType({})

    def put(self, record: Record, at: datetime) -> None:
        """Take in a record read at a time; a level of a lower version is left out."""
        if isinstance(record, InventoryLevel):
            table = self._levels.setdefault(record.store_id, Table())
            before = len(table)
            if table.put(record):
                self.levels_read += len(table) - before
                self._read_at[record.store_id] = self.read_at = at
                self._changed.add(record.store_id)
        elif isinstance(record, SalesPerMinute):
            if self._windows.setdefault(record.store_id, Window()).put(record):
                self._changed.add(record.store_id)
        elif isinstance(record, Product):
            self._products.put(record)
            self._catalogue_changed = True

    def stores(self) -> Mapping[str, Store]:
        """All stores by id, in order; those that have not changed are the same objects as before.

        A store is one that has a level: sales alone do not make one.
        """
        if self._catalogue_changed:
            self._catalogue = MappingProxyType({one.sku: one for one in self._products})
            self._catalogue_changed = False
            self._changed.update(self._levels)
        if self._changed:
            built = {store: self._store(store) for store in self._changed & self._levels.keys()}
            self._stores = MappingProxyType(dict(sorted({**self._stores, **built}.items())))
            self._changed.clear()
        return self._stores

    def _store(self, store_id: str) -> Store:
        window = self._windows.get(store_id)
        return Store(
            store_id=store_id,
            levels=tuple(self._levels[store_id]),
            products=self._catalogue,
            sold=window.records() if window else (),
            read_at=self._read_at.get(store_id),
        )
