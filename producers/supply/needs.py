"""What to order: pure decisions from levels and products, never twice for the same need.

A need is named by its store, its SKU and the units that the shelf had received when it was seen
(`received` of the level, which only deliveries raise). From that name come the shipment's
event_id and order_id, so that a supplier that starts anew and sees the same need sends the same
event; and the next need of a shelf begins only when something was received.
"""

from dataclasses import dataclass

from schemas.generated import InventoryLevel, Product

MOST_UNITS = 2**31 - 1
"""What the quantity of one shipment can say; the rest is the shelf's next need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Goods that a shelf lacks. quantity: units; lead_time: days until they can be there."""

    store_id: str
    sku: str
    received: int
    quantity: int
    lead_time: int

    @property
    def event_id(self) -> str:
        return f"replenish:{self.store_id}:{self.sku}:{self.received}"

    @property
    def order_id(self) -> str:
        return f"order:{self.store_id}:{self.sku}:{self.received}"


class Needs:
    """Remembers, for each shelf, what had been received when its last need was seen."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def of(self, level: InventoryLevel, product: Product) -> Need | None:
        """The need that a level shows, unless it is none or one seen before."""
        quantity = product.order_up_to - level.on_hand
        if level.on_hand > product.reorder_point or quantity <= 0:
            return None
        if level.received <= self._seen.get(level.key(), -1):
            return None
        self._seen[level.key()] = level.received
        return Need(
            store_id=level.store_id,
            sku=level.sku,
            received=level.received,
            quantity=min(quantity, MOST_UNITS),
            lead_time=product.lead_time,
        )
