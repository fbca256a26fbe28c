"""Builders of records of the read model, for store S1 unless named otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    SalesByDay,
    SalesPerMinute,
)

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
"""Time of the last movement, due date of an order, and minute 0 of the sales."""
HOSTILE = '<script>alert("x")</script>\n$\\frac{1}{2}$ **bold** [link](javascript:x) =1+1'
"""A name that HTML, Markdown, LaTeX and a spreadsheet would each take for their own."""


def level(
    sku: str, on_hand: int, store: str = "S1", version: int = 1, **more: Any
) -> InventoryLevel:
    return InventoryLevel(
        store_id=store,
        sku=sku,
        on_hand=on_hand,
        version=version,
        **{"sold": 3, "returned": 1, "received": 2, "last_movement_at": AT, **more},
    )


def product(
    sku: str,
    reorder_point: int = 10,
    name: str = "",
    category: str = "A",
    unit: str | None = None,
) -> Product:
    return Product(
        sku=sku,
        name=name or f"Product {sku}",
        category=category,
        unit_price=Decimal("1.50"),
        reorder_point=reorder_point,
        order_up_to=40,
        lead_time=2,
        unit=unit,
    )


def order(
    order_id: str, remaining: int, due: datetime | None = AT, version: int = 1, sku: str = "a"
) -> OpenOrder:
    return OpenOrder(
        order_id=order_id,
        store_id="S1",
        sku=sku,
        ordered=50,
        received=50 - remaining,
        remaining=remaining,
        cancelled=False,
        expected_at=due,
        version=version,
    )


def transfer(
    transfer_id: str, in_transit: int, to_store: str = "S1", version: int = 1, sku: str = "a"
) -> OpenTransfer:
    return OpenTransfer(
        transfer_id=transfer_id,
        from_store="S2" if to_store == "S1" else "S1",
        to_store=to_store,
        sku=sku,
        shipped=9,
        received=9 - in_transit,
        in_transit=in_transit,
        version=version,
    )


def sales(
    day: date, units: int, sku: str = "a", currency: str = "CHF", version: int = 1
) -> SalesByDay:
    return SalesByDay(
        store_id="S1",
        sku=sku,
        currency=currency,
        business_day=day.isoformat(),
        units=units,
        revenue=units * Decimal("1.10"),
        version=version,
    )


def sold(minute: int, units: int, sku: str = "a", currency: str = "CHF") -> SalesPerMinute:
    return SalesPerMinute(
        store_id="S1",
        sku=sku,
        currency=currency,
        minute_start=AT + timedelta(minutes=minute),
        units=units,
        revenue=units * Decimal("1.10"),
    )


def entry(
    event_id: str, kind: str, units: int, at: datetime, sku: str = "a", **more: Any
) -> LedgerEntry:
    return LedgerEntry(
        event_id=event_id,
        store_id="S1",
        sku=sku,
        kind=kind,
        quantity=units,
        occurred_at=at,
        source_partition=0,
        source_offset=0,
        **{"recorded_at": at, "source_topic": "transactions", **more},
    )


def sale(event_id: str, quantity: int = 1) -> LedgerEntry:
    return entry(event_id, "sale", quantity, AT)
