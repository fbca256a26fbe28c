"""The topics as tables by store; only changed stores are built again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType
from typing import TypeVar

from dashboard.model.outlook import Outlooks
from dashboard.model.recent_sales import RecentSales
from dashboard.model.snapshot import Store
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
from views.demand import window
from views.open_items import OpenItems
from views.open_items import R as Open
from views.quarantine import Quarantine, ReasonCount
from views.sales_days import SalesDays
from views.table import Table

T = TypeVar("T")


class StoreTables:
    """The records read from the topics since their beginning, by store."""

    def __init__(self, zone: tzinfo = UTC, absent: Collection[type[Record]] = ()) -> None:
        """zone: of the business days; absent: contracts without a topic, hence unknown."""
        self.levels_read = 0
        """Number of known levels."""
        self.read_at: datetime | None = None
        """Time at which the newest level was read, UTC."""
        self._zone = zone
        self._absent = frozenset(absent)
        self._today = date.min
        self._levels: dict[str, Table[InventoryLevel]] = {}
        self._recent_sales: dict[str, RecentSales] = {}
        self._days: dict[str, SalesDays] = {}
        self._orders: dict[str, OpenItems[OpenOrder]] = {}
        self._transfers: dict[str, OpenItems[OpenTransfer]] = {}
        self._outlooks: dict[str, Outlooks] = {}
        self._quarantine = Quarantine()
        self._products: Table[Product] = Table()
        self._catalogue: Mapping[str, Product] = MappingProxyType({})
        self._catalogue_changed = False
        self._read_at: dict[str, datetime] = {}
        self._changed: set[str] = set()
        self._stores: Mapping[str, Store] = MappingProxyType({})

    def put(self, record: Record, at: datetime) -> None:
        """Add a record that was read at a time; ignore a lower version."""
        if isinstance(record, InventoryLevel):
            self._put_level(record, at)
        elif isinstance(record, SalesPerMinute):
            if self._recent_sales.setdefault(record.store_id, RecentSales()).put(record):
                self._changed.add(record.store_id)
        elif isinstance(record, SalesByDay):
            days = self._days.get(record.store_id)
            if days is None:
                days = self._days[record.store_id] = self._sales_days(at)
            if days.put(record):
                self._changed.add(record.store_id)
        elif isinstance(record, OpenOrder):
            self._put_open(self._orders, (record.store_id,), record)
        elif isinstance(record, OpenTransfer):
            self._put_open(self._transfers, {record.from_store, record.to_store}, record)
        elif isinstance(record, Product):
            self._products.put(record)
            self._catalogue_changed = True
        elif isinstance(record, (QuarantinedRecord, Redrive)):
            self._quarantine.put(record)

    def stores(self, now: datetime) -> Mapping[str, Store]:
        """Return the stores that have a level, sorted by id.

        An unchanged store is the same object as in the call before.
        """
        self._start_day(now.astimezone(self._zone).date())
        if self._catalogue_changed:
            self._catalogue = MappingProxyType({product.sku: product for product in self._products})
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

    def _sales_days(self, at: datetime) -> SalesDays:
        return SalesDays(window(at.astimezone(self._zone).date())[0])

    def _put_level(self, level: InventoryLevel, at: datetime) -> None:
        table = self._levels.setdefault(level.store_id, Table())
        before = len(table)
        if table.put(level):
            self.levels_read += len(table) - before
            self._read_at[level.store_id] = self.read_at = at
            self._changed.add(level.store_id)

    def _put_open(
        self, tables: dict[str, OpenItems[Open]], stores: Iterable[str], record: Open
    ) -> None:
        for store in stores:
            if tables.setdefault(store, OpenItems()).put(record):
                self._changed.add(store)

    def _start_day(self, today: date) -> None:
        if today == self._today:
            return
        self._today = today
        for days in self._days.values():
            days.drop_before(window(today)[0])
        self._changed.update(self._levels)

    def _store(self, store_id: str) -> Store:
        recent, days = self._recent_sales.get(store_id), self._days.get(store_id)
        known_days = days.histories() if days else MappingProxyType({})
        return Store(
            store_id=store_id,
            levels=tuple(self._levels[store_id]),
            products=self._catalogue,
            sold=recent.records() if recent else (),
            read_at=self._read_at.get(store_id),
            orders=self._known(OpenOrder, tuple(self._orders.get(store_id, ()))),
            transfers=self._known(OpenTransfer, tuple(self._transfers.get(store_id, ()))),
            days=self._known(SalesByDay, known_days),
            today=self._today,
            outlooks=self._outlooks.setdefault(store_id, Outlooks(self._zone)),
        )

    def _known(self, record_type: type[Record], value: T) -> T | None:
        return None if record_type in self._absent else value
