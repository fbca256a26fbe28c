"""Names of orders, such that one need is never ordered twice.

The orders of a shelf are numbered, and the number alone makes the event_id: a supplier that starts
anew, or sees too little of what it has done, places the same event again, which changes nothing.
The order_id says besides how much the shelf had received when it was ordered for, so that
whoever reads it later can tell an old level from a new one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from schemas.generated import OpenOrder

_ORDER_ID = re.compile(r"replenish:([0-9a-f]{20}):([1-9][0-9]*):([0-9]+)")


@dataclass(frozen=True, slots=True)
class Name:
    """number: of the shelf's orders, from 1; received: units, as the level said."""

    shelf: str
    number: int
    received: int

    @property
    def event_id(self) -> str:
        """That of the order's placing."""
        return f"replenish:{self.shelf}:{self.number}:placed"

    @property
    def order_id(self) -> str:
        return f"replenish:{self.shelf}:{self.number}:{self.received}"


@lru_cache(maxsize=100_000)
def shelf_id(store_id: str, sku: str) -> str:
    """A store and a product in 20 characters: both names would be too long together."""
    return blake2b(repr((store_id, sku)).encode(), digest_size=10).hexdigest()


def name_of(order: OpenOrder) -> Name | None:
    """The name of one of the supplier's own orders; None for those of others."""
    found = _ORDER_ID.fullmatch(order.order_id)
    if found is None or found[1] != shelf_id(order.store_id, order.sku):
        return None
    return Name(found[1], int(found[2]), int(found[3]))
