"""Events in words, as a person in a store speaks of them."""

from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record

VERBS: dict[type[Record], tuple[str, str]] = {
    Transaction: ("sold", "took back"),
    Adjustment: ("added", "removed"),
    Shipment: ("received", ""),
    StockCount: ("counted", ""),
    ReplenishmentOrder: ("ordered", ""),
}
"""Verbs for a positive and a negative quantity."""


def in_words(record: Record, goods: str, time: str) -> str:
    """Return a sentence such as "sold 2 Fern Print at Main Shop, 3 Sep 10:14 local".

    goods: name of the product; "" if the file has none. time: of the event.
    """
    values = record.to_dict()
    record_type = type(record)
    if record_type not in (*VERBS, Transfer):
        return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)
    quantity = values["quantity"]
    amount = f"{abs(quantity):,} {goods or values['sku']}"
    if isinstance(record, Transfer):
        sentence = f"{record.phase} {amount} from {record.from_store} to {record.to_store}, {time}"
    elif values.get("status") == "cancelled":
        sentence = f"cancelled the order of {amount} for {values['store_id']}, {time}"
    else:
        sentence = f"{VERBS[record_type][quantity < 0]} {amount} at {values['store_id']}, {time}"
    further = [f"SKU {values['sku']}"] if goods else []
    if isinstance(record, Transaction):
        further.append(f"{record.line_amount:,} {record.currency}")
    if isinstance(record, Adjustment):
        further.append(record.reason)
    return "; ".join([sentence, *further])
