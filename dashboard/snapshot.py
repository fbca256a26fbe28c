"""What the feed publishes: unchangeable pictures that any number of pages can share."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from dashboard import sales, shelf
from schemas.generated import InventoryLevel, Product, SalesPerMinute
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

    @cached_property
    def shelf(self) -> tuple[shelf.Line, ...]:
        """Every product of the store, the most urgent first."""
        return shelf.lines(self.levels, self.products)

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
