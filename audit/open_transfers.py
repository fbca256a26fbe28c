"""The definition of an open transfer: the units of one product in transit between two stores."""

from collections.abc import Sequence
from typing import Any

from audit.delivery import Key
from schemas.generated import OpenTransfer, Transfer


def key(fact: Any) -> Key | None:
    """Return (transfer, sender, receiver, SKU) of a transfer's leg; None for other facts."""
    if isinstance(fact, Transfer):
        return fact.transfer_id, fact.from_store, fact.to_store, fact.sku
    return None


def record(key: Key, legs: Sequence[Transfer]) -> OpenTransfer:
    """Return one product of a transfer after these legs, at least one."""
    shipped = sum(leg.quantity for leg in legs if leg.phase == "shipped")
    received = sum(leg.quantity for leg in legs if leg.phase == "received")
    lost = sum(leg.quantity for leg in legs if leg.phase == "lost")
    return OpenTransfer(
        transfer_id=key[0],
        from_store=key[1],
        to_store=key[2],
        sku=key[3],
        shipped=shipped,
        received=received,
        lost=lost,
        in_transit=max(shipped - received - lost, 0),
        version=len(legs),
    )
