"""The contracts whose records come from outside, and where they go once they are accepted."""

from dataclasses import dataclass

from connect.settings import ACCEPTED
from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record


@dataclass(frozen=True, slots=True)
class Inbound:
    """One contract that the job reads."""

    kind: type[Record]
    event_time: str
    """The field that says when it happened."""

    @property
    def topic(self) -> str:
        """The public topic, into which anyone may write."""
        return self.kind.TOPIC

    @property
    def accepted(self) -> str:
        """The topic of the same records without the bad ones, partition by partition."""
        return ACCEPTED + self.topic


INBOUND = (
    Inbound(Transaction, "occurred_at"),
    Inbound(Shipment, "occurred_at"),
    Inbound(StockCount, "counted_at"),
    Inbound(Adjustment, "occurred_at"),
    Inbound(Transfer, "occurred_at"),
    Inbound(ReplenishmentOrder, "occurred_at"),
)
