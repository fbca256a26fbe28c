"""The topics as tables, and pictures of them that cost no more than what has changed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType
from typing import TypeVar

from dashboard.days import Days
from dashboard.open_items import R as Open
from dashboard.open_items import UnderWay
from dashboard.outlook import Outlooks
from dashboard.sales import Window
from dashboard.snapshot import Store
from schemas.generated import (
    InventoryLevel,
    OpenOrder,
    OpenTransfer,
    Product,
    QuarantinedRecord,
    Redrive,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record
from views.quarantine import Quarantine, ReasonCount
from views.table import Table

T = TypeVar("T")


class Tables:
    """What one reading of the topics from their beginning has found so far."""

    def __init__(self, zone: tzinfo = UTC, absent: Collection[type[Record]] = ()) -> None:
        """zone: that of the business days; absent: what is not read, so that it is not known."""
        self.levels_read = 0
        self.read_at: datetime | None = None
        self._zone = zone
        self._absent = frozenset(absent)
        self._today = date.min
        self._levels: dict[str, Table[InventoryLevel]] = {}
        self._windows: dict[str, Window] = {}
        self._days: dict[str, Days] = {}
        self._orders: dict[str, UnderWay[OpenOrder]] = {}
        self._transfers: dict[str, UnderWay[OpenTransfer]] = {}
        self._outlooks: dict[str, Outlooks] = {}
        self._quarantine = Quarantine()
        self._products: Table[Product] = Table()
        self._catalogue: Mapping[str, Product] = MappingProxyType({})
        self._catalogue_changed = False
        self._read_at: dict[str, datetime] = {}
        self._changed: set[str] = set()
        self._stores: Mapping[str, Store] = MappingProxyType({})

    def put(self, record: Record, at: datetime) -> None:
        """Take in a record read at a time; one of a lower version is left out."""
        if isinstance(record, InventoryLevel):
            self._put_level(record, at)
        elif isinstance(record, SalesPerMinute):
            if self._windows.setdefault(record.store_id, Window()).put(record):
                self._changed.add(record.store_id)
        elif isinstance(record, SalesByDay):
            days = self._days.get(record.store_id)
            if days is None:
                days = self._days[record.store_id] = Days(at.astimezone(self._zone).date())
            if days.put(record):
                self._changed.add(record.store_id)
        elif isinstance(record, OpenOrder):
            self._put_under_way(self._orders, (record.store_id,), record)
        elif isinstance(record, OpenTransfer):
            self._put_under_way(self._transfers, {record.from_store, record.to_store}, record)
        elif isinstance(record, Product):
            self._products.put(record)
            self._catalogue_changed = True
        elif isinstance(record, (QuarantinedRecord, Redrive)):
            self._quarantine.put(record)

    def stores(self, now: datetime) -> Mapping[str, Store]:
        """All stores by id, in order; those that have not changed are the same objects as before.

        A store is one that has a level: nothing else makes one.
        """
        self._turn_the_page(now.astimezone(self._zone).date())
        if self._catalogue_changed:
            self._catalogue = MappingProxyType({one.sku: one for one in self._products})
            self._catalogue_changed = False
            self._changed.update(self._levels)
        if self._changed:
            built = {store: self._store(store) for store in self._changed & self._levels.keys()}
            self._stores = MappingProxyType(dict(sorted({**self._stores, **built}.items())))
            self._changed.clear()
        return self._stores

    def quarantine(self) -> tuple[ReasonCount, ...]:
        """Count the quarantined records by reason."""
        return self._quarantine.by_reason()

    def _put_level(self, level: InventoryLevel, at: datetime) -> None:
        table = self._levels.setdefault(level.store_id, Table())
        before = len(table)
        if table.put(level):
            self.levels_read += len(table) - before
            self._read_at[level.store_id] = self.read_at = at
            self._changed.add(level.store_id)

    def _put_under_way(
        self, tables: dict[str, UnderWay[Open]], stores: Iterable[str], record: Open
    ) -> None:
        for store in stores:
            if tables.setdefault(store, UnderWay()).put(record):
                self._changed.add(store)

    def _turn_the_page(self, today: date) -> None:
        if today == self._today:
            return
        self._today = today
        for days in self._days.values():
            days.forget(today)
        self._changed.update(self._levels)

    def _store(self, store_id: str) -> Store:
        window, days = self._windows.get(store_id), self._days.get(store_id)
        known_days = days.histories() if days else MappingProxyType({})
        return Store(
            store_id=store_id,
            levels=tuple(self._levels[store_id]),
            products=self._catalogue,
            sold=window.records() if window else (),
            read_at=self._read_at.get(store_id),
            orders=self._known(OpenOrder, tuple(self._orders.get(store_id, ()))),
            transfers=self._known(OpenTransfer, tuple(self._transfers.get(store_id, ()))),
            days=self._known(SalesByDay, known_days),
            today=self._today,
            outlooks=self._outlooks.setdefault(store_id, Outlooks(self._zone)),
        )

    def _known(self, kind: type[Record], found: T) -> T | None:
        return None if kind in self._absent else found
