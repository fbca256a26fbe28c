"""Immutable snapshots, published by the feed and shared by all pages."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType

from dashboard.model import recent_sales, shelf
from dashboard.model.outlook import Outlook, Outlooks
from dashboard.model.supply import Supply
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, SalesPerMinute
from views.quarantine import ReasonCount
from views.sales_days import History
from views.stock import Status


@dataclass(frozen=True)
class Store:
    """One store; derived figures are computed on first use and cached."""

    store_id: str
    levels: tuple[InventoryLevel, ...]
    products: Mapping[str, Product]
    """The chain's catalogue by SKU."""
    sold: tuple[SalesPerMinute, ...] = ()
    """The records of its RecentSales."""
    read_at: datetime | None = None
    """Time at which its newest level was read, UTC."""
    orders: tuple[OpenOrder, ...] | None = None
    """Its open orders; None: unknown."""
    transfers: tuple[OpenTransfer, ...] | None = None
    """Open transfers to and from the store; None: unknown."""
    days: Mapping[str, History] | None = None
    """Its sales by business day, by SKU; None: unknown."""
    today: date = date.max
    """Business day of the snapshot."""
    outlooks: Outlooks = field(default_factory=lambda: Outlooks(UTC), repr=False, compare=False)
    """Cache shared by the snapshots of this store."""

    def lines(self) -> Iterator[shelf.Line]:
        """Yield every product of the store, unsorted."""
        return shelf.joined(self.levels, self.products, self.supply, self._outlook)

    @cached_property
    def shelf(self) -> tuple[shelf.Line, ...]:
        """Every product of the store, most urgent first."""
        return shelf.urgent_first(self.lines())

    @cached_property
    def supply(self) -> Supply:
        return Supply(self.store_id, self.orders, self.transfers)

    @cached_property
    def counts(self) -> Counter[Status]:
        """Number of products of each status."""
        return Counter(line.status for line in self.shelf)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({line.category for line in self.shelf}))

    @cached_property
    def newest_movement(self) -> datetime | None:
        return max((level.last_movement_at for level in self.levels), default=None)

    @cached_property
    def sales(self) -> recent_sales.Sales | None:
        """Sales of the last 60 minutes; None: unknown."""
        return recent_sales.summarise(self.sold)

    def _outlook(self, level: InventoryLevel, product: Product | None) -> Outlook:
        days = None if self.days is None else self.days.get(level.sku, ())
        return self.outlooks.of(level, product, days, self.today)


@dataclass(frozen=True, slots=True)
class Outage:
    """A period in which Kafka cannot be read."""

    since: datetime
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of all stores at one moment."""

    complete: bool = False
    """True once the topics have been read to their end; until then no figure is shown."""
    stores: Mapping[str, Store] = field(default_factory=lambda: MappingProxyType({}))
    """By store_id, in order; empty until complete."""
    levels_read: int = 0
    """Number of levels read; the progress of the first pass."""
    read_at: datetime | None = None
    """Time at which the newest level of any store was read, UTC."""
    heard_at: datetime | None = None
    """Time of the last answer of Kafka, UTC."""
    outage: Outage | None = None
    undecodable: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of skipped records that cannot be decoded, by topic."""
    quarantine: tuple[ReasonCount, ...] = ()
    """Quarantined records by reason, the most frequent first."""
    absent: tuple[str, ...] = ()
    """Missing topics, whose figures are unknown."""
