"""What the feed publishes: unchangeable pictures that any number of pages can share."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType

from dashboard import sales, shelf
from dashboard.days import History
from dashboard.outlook import Outlook, Outlooks
from dashboard.supply import Supply
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, SalesPerMinute
from views.quarantine import ReasonCount
from views.stock import Status


@dataclass(frozen=True)
class Store:
    """One store. What costs time is worked out when a page first asks for it, then kept."""

    store_id: str
    levels: tuple[InventoryLevel, ...]
    products: Mapping[str, Product]
    """The chain's catalogue by SKU."""
    sold: tuple[SalesPerMinute, ...] = ()
    """The records of its sales.Window."""
    read_at: datetime | None = None
    """When its newest level was read, UTC."""
    orders: tuple[OpenOrder, ...] | None = None
    """Its orders of which something is still to come; None: not known."""
    transfers: tuple[OpenTransfer, ...] | None = None
    """Those under way to it and from it; None: not known."""
    days: Mapping[str, History] | None = None
    """Its sales by business day, by SKU; None: not known."""
    today: date = date.max
    """The business day of this picture."""
    outlooks: Outlooks = field(default_factory=lambda: Outlooks(UTC), repr=False, compare=False)
    """The memory that this store's pictures share."""

    def lines(self) -> Iterator[shelf.Line]:
        """Every product of the store with all that is known of it, in no order."""
        return shelf.joined(self.levels, self.products, self.supply, self._foresee)

    @cached_property
    def shelf(self) -> tuple[shelf.Line, ...]:
        """Every product of the store, the most urgent first."""
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
    def sales(self) -> sales.Sales | None:
        """The pace of sales, or None while nothing is known of it."""
        return sales.summarise(self.sold)

    def _foresee(self, level: InventoryLevel, product: Product | None) -> Outlook:
        days = None if self.days is None else self.days.get(level.sku, ())
        return self.outlooks.of(level, product, days, self.today)


@dataclass(frozen=True, slots=True)
class Outage:
    """Why nothing can be read."""

    since: datetime
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is known at one moment."""

    complete: bool = False
    """Whether the topics have been read to their end: before that, nothing is known for sure."""
    stores: Mapping[str, Store] = field(default_factory=lambda: MappingProxyType({}))
    """By store_id, in order; empty until complete."""
    levels_read: int = 0
    """Levels known so far, which shows how far the first reading has come."""
    read_at: datetime | None = None
    """When the newest level of any store was read, UTC."""
    heard_at: datetime | None = None
    """When Kafka was last heard, UTC."""
    outage: Outage | None = None
    undecodable: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Records passed over because they are not of their topic's contract, by topic."""
    quarantine: tuple[ReasonCount, ...] = ()
    """Quarantined records by reason, the most frequent first."""
    absent: tuple[str, ...] = ()
    """Topics that are not there, so that what they would tell is not known."""
