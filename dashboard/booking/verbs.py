"""The verbs of booking: the contract of each, and the fields that need no input."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from dashboard.booking import form
from dashboard.booking.form import Entered
from schemas.generated import (
    Adjustment,
    OpenOrder,
    OpenTransfer,
    Shipment,
    StockCount,
    Transfer,
)
from schemas.record import Record

EVENT_ID = re.compile("booking-[0-9a-f]{32}")
"""An event_id that this page made."""
STAMPED = ("event_id", "recorded_at")
"""Fields that every event has; its time is the third."""


class Verb(StrEnum):
    """Verbs, as the page names them."""

    COUNT = "Count"
    RECEIVE = "Receive"
    TRANSFER = "Transfer"
    ADJUST = "Adjust"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before its moment: a contract, and the fields that are known."""

    record_type: type[Record]
    given: Mapping[str, Any]
    store_id: str
    sku: str
    unit: str | None = None
    """Base unit of the product's amounts; None: pieces."""
    to_come: int | None = None
    """Units of the order or transfer that is received, as far as they have not come."""

    @property
    def inputs(self) -> tuple[form.Input, ...]:
        """The inputs of the fields that a person fills in."""
        stamped = dict.fromkeys((*STAMPED, self.record_type.EVENT_TIME or ""))
        return form.inputs(self.record_type, {**self.given, **stamped}, self.unit)

    def event(self, event_id: str, moment: datetime, entered: Mapping[str, Entered]) -> Record:
        """Build the event of a moment. Raises InvalidInputError."""
        stamps = {"event_id": event_id, "recorded_at": moment}
        if self.record_type.EVENT_TIME:
            stamps[self.record_type.EVENT_TIME] = moment
        return form.record(self.record_type, {**self.given, **stamps}, entered, self.unit)


def new_event_id() -> str:
    """Return an id that no other event has."""
    return f"booking-{uuid4().hex}"


def draft(
    verb: Verb,
    store_id: str,
    sku: str,
    event_id: str,
    expected: OpenOrder | OpenTransfer | None = None,
) -> Draft:
    """Return the draft of a verb. expected: the order or transfer that is received."""
    at_store = {"store_id": store_id, "sku": sku}
    match verb, expected:
        case Verb.COUNT, _:
            return Draft(StockCount, at_store, store_id, sku)
        case Verb.ADJUST, _:
            return Draft(Adjustment, at_store, store_id, sku)
        case Verb.TRANSFER, _:
            # Its first leg makes the transfer: the id of the one serves the other.
            leg = {"from_store": store_id, "sku": sku, "transfer_id": event_id, "phase": "shipped"}
            return Draft(Transfer, leg, store_id, sku)
        case _, OpenTransfer():
            leg = {
                "transfer_id": expected.transfer_id,
                "from_store": expected.from_store,
                "to_store": store_id,
                "sku": sku,
                "phase": "received",
            }
            return Draft(Transfer, leg, store_id, sku, to_come=expected.in_transit)
        case _, OpenOrder():
            of_order = {**at_store, "order_id": expected.order_id}
            return Draft(Shipment, of_order, store_id, sku, to_come=expected.remaining)
    return Draft(Shipment, {**at_store, "order_id": None}, store_id, sku)
