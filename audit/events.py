"""What the audit reads: events, each as often as it was delivered."""

from typing import NamedTuple

from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

Event = Transaction | Shipment | StockCount | Adjustment | Transfer | ReplenishmentOrder
EVENTS: tuple[type[Event], ...] = (
    Transaction,
    Shipment,
    StockCount,
    Adjustment,
    Transfer,
    ReplenishmentOrder,
)
Key = tuple[str, ...]
"""The values of a record's key, in the order of its contract."""


class Delivery(NamedTuple):
    """An event where it lies in its topic."""

    event: Event
    partition: int
    offset: int
    late: bool = False
    """Whether it came after the audit had begun, so that the job need not have seen it yet."""
    count_seconds: int = 0
    """How long after it was taken a count may be recorded; 0: however long."""

    @property
    def place(self) -> tuple[str, int, int]:
        return self.event.TOPIC, self.partition, self.offset
