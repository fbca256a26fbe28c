"""A day of one shelf for the audit: goods, a count, a sale and a transfer."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from audit.audit_report import Report
from schemas.generated import (
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record
from tests.support.audit_examples import START, placed


def later(minutes: int) -> Any:
    return START + timedelta(minutes=minutes)


SALE = Transaction(
    event_id="sale-1",
    receipt_id="receipt-1",
    line_no=1,
    store_id="north",
    terminal_id="till",
    sku="milk",
    quantity=2,
    line_amount=Decimal("3.98"),
    currency="EUR",
    occurred_at=later(2),
    recorded_at=START,
)
COUNT = StockCount(
    event_id="count-1",
    store_id="north",
    sku="milk",
    quantity=9,
    counted_at=later(1),
    recorded_at=START,
)
OPENING = Shipment(
    event_id="shipment-1",
    store_id="north",
    sku="milk",
    quantity=5,
    occurred_at=START,
    recorded_at=START,
)
LEG = Transfer(
    event_id="leg-1",
    transfer_id="transfer-1",
    from_store="north",
    to_store="south",
    sku="milk",
    quantity=4,
    phase="shipped",
    occurred_at=later(3),
    recorded_at=START,
)
ORDER = ReplenishmentOrder(
    event_id="order-1:placed",
    order_id="order-1",
    store_id="north",
    sku="milk",
    status="placed",
    quantity=9,
    expected_at=START,
    occurred_at=START,
    recorded_at=START,
)
DAY = placed([(OPENING, 0), (COUNT, 0), (SALE, 0), (LEG, 0)])


def the(record_type: type[Record], records: list[Any], **values: Any) -> Any:
    """Return the one record of a class that has these values."""
    (record,) = [
        each
        for each in records
        if type(each) is record_type and values.items() <= each.to_dict().items()
    ]
    return record


def lines_of(report: Report) -> str:
    assert not report.true
    return "\n".join(report.differences.lines())
