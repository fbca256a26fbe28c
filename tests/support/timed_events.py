"""Random events of a contract at given times."""

import random
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from tests.support.oracle import Event


def timed_event(
    record_type: Any, history: str, chance: random.Random, at: datetime, recorded_at: datetime
) -> Event:
    """Return an event of one of the two stores of a history, which have one product."""
    stores = [f"{history}:north", f"{history}:south"]
    chance.shuffle(stores)
    reference = f"{history}:{chance.randint(1, 2)}"
    base: dict[str, Any] = {
        "event_id": f"{history}:{chance.getrandbits(64):x}",
        "sku": "milk",
        "recorded_at": recorded_at,
    }
    shelf = {**base, "store_id": stores[0]}
    units = chance.randint(1, 9)
    match record_type.__name__:
        case "Transaction":
            quantity = chance.choice([units, -units])
            return Transaction(
                **shelf,
                receipt_id="receipt",
                line_no=1,
                terminal_id="till",
                quantity=quantity,
                line_amount=quantity * Decimal("1.50"),
                currency="EUR",
                occurred_at=at,
            )
        case "Shipment":
            order_id = chance.choice([None, reference])
            return Shipment(**shelf, order_id=order_id, quantity=units, occurred_at=at)
        case "StockCount":
            return StockCount(**shelf, quantity=units, counted_at=at)
        case "Adjustment":
            return Adjustment(**shelf, quantity=units - 5, reason="damage", occurred_at=at)
        case "Transfer":
            return Transfer(
                **base,
                transfer_id=reference,
                from_store=stores[0],
                to_store=stores[1],
                quantity=units,
                phase=chance.choice(["shipped", "received", "lost"]),
                occurred_at=at,
            )
    return ReplenishmentOrder(
        **shelf,
        order_id=reference,
        status=chance.choice(["placed", "placed", "cancelled"]),
        quantity=units,
        expected_at=at,
        occurred_at=at,
    )
