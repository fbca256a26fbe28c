"""Amounts that are more likely a typing error than true: a person confirms them."""

from schemas.generated import Adjustment, Shipment, Transfer
from schemas.record import Record
from views.amounts import amount

GONE = ("damage", "theft", "expiry")
"""Reasons of adjustments that take goods off a shelf."""


def doubt(
    event: Record, on_hand: int | None, to_come: int | None, unit: str | None = None
) -> str | None:
    """Word the doubt in an event's amount; None: there is none.

    on_hand: units by the books; to_come: units of the order or transfer that is received, as far as
    they have not come; None: unknown. unit: base unit of the amounts.
    """
    match event:
        case Transfer(phase="shipped"):
            return _is_more(event.quantity, on_hand, "on hand", unit)
        case Transfer() | Shipment():
            return _is_more(event.quantity, to_come, "still to come", unit)
        case Adjustment():
            return _of_adjustment(event, on_hand, unit)
    return None


def _of_adjustment(event: Adjustment, on_hand: int | None, unit: str | None) -> str | None:
    if event.quantity == 0:
        return "0 changes nothing."
    if event.quantity > 0 and event.reason in GONE:
        return f"Units that are gone have a minus: -{amount(event.quantity, unit)}."
    if event.quantity < 0 and event.reason == "found":
        return "Units that were found have no minus."
    return _is_more(-event.quantity, on_hand, "on hand", unit)


def _is_more(quantity: int, known: int | None, where: str, unit: str | None) -> str | None:
    if known is None or quantity <= max(known, 0):
        return None
    return f"By the books, {amount(known, unit)} is {where}."
