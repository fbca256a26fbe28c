"""Identities of orders that prevent a need from being ordered twice.

The orders of a shelf are numbered, and the number determines the event_id: a supplier that
restarts, or does not see its latest orders yet, places the same event again, which is
deduplicated. The order_id also holds the units that the shelf had received when it was
ordered for, which tell an old level from a new one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

_ORDER_ID = re.compile(r"replenish:([0-9a-f]{20}):([1-9][0-9]*):([0-9]+)")


@dataclass(frozen=True, slots=True)
class OrderId:
    """The parts of an order_id."""

    shelf: str
    """See shelf_id."""
    number: int
    """Number among the shelf's orders, from 1."""
    received: int
    """Units that the shelf had received in total, by its level."""

    @property
    def event_id(self) -> str:
        """The event_id of the order's placing."""
        return f"replenish:{self.shelf}:{self.number}:placed"

    @property
    def order_id(self) -> str:
        return f"replenish:{self.shelf}:{self.number}:{self.received}"


@lru_cache(maxsize=100_000)
def shelf_id(store_id: str, sku: str) -> str:
    """Return 20 characters for a store and a product, as both ids together may be too long."""
    return blake2b(repr((store_id, sku)).encode(), digest_size=10).hexdigest()


def parse_order_id(order_id: str, store_id: str, sku: str) -> OrderId | None:
    """Parse the order_id of one of the supplier's own orders; None for those of others."""
    match = _ORDER_ID.fullmatch(order_id)
    if match is None or match[1] != shelf_id(store_id, sku):
        return None
    return OrderId(match[1], int(match[2]), int(match[3]))
