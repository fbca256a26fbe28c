"""Open orders and open transfers of a store as Arrow columns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.model.shelf import NO_NAME
from dashboard.text.display_text import plain
from dashboard.text.display_time import due
from schemas.generated import OpenOrder, OpenTransfer, Product

NO_DATE = datetime.max.replace(tzinfo=UTC)
INCOMING, OUTGOING = "in", "out"


def by_due_date(orders: Sequence[OpenOrder]) -> list[OpenOrder]:
    """Sort orders by expected date; those without a date come last."""
    return sorted(orders, key=lambda one: (one.expected_at or NO_DATE, one.order_id, one.sku))


def overdue(orders: Sequence[OpenOrder], now: datetime) -> int:
    """Count the orders whose expected date has passed."""
    return sum(one.expected_at is not None and one.expected_at < now for one in orders)


def order_frame(
    orders: Sequence[OpenOrder], products: Mapping[str, Product], now: datetime, shown: tzinfo
) -> pa.Table:
    """Build a row for each order, in order."""
    return pa.table(
        {
            "due": pa.array([due(one.expected_at, now, shown) for one in orders], pa.string()),
            "name": pa.array(_names(orders, products), pa.string()),
            "remaining": pa.array([one.remaining for one in orders], pa.int64()),
            "ordered": pa.array([one.ordered for one in orders], pa.int64()),
            "received": pa.array([one.received for one in orders], pa.int64()),
            "sku": pa.array([plain(one.sku) for one in orders], pa.string()),
            "order_id": pa.array([plain(one.order_id) for one in orders], pa.string()),
        }
    )


def by_direction(transfers: Sequence[OpenTransfer], store_id: str) -> list[OpenTransfer]:
    """Sort transfers: incoming first, then outgoing; each by the other store."""
    return sorted(
        transfers,
        key=lambda one: (
            one.to_store != store_id,
            one.from_store,
            one.to_store,
            one.sku,
            one.transfer_id,
        ),
    )


def transfer_frame(
    transfers: Sequence[OpenTransfer], products: Mapping[str, Product], store_id: str
) -> pa.Table:
    """Build a row for each transfer, in order, as seen from the store."""
    incoming = [one.to_store == store_id for one in transfers]
    others = [
        one.from_store if is_incoming else one.to_store
        for one, is_incoming in zip(transfers, incoming, strict=True)
    ]
    directions = [INCOMING if is_incoming else OUTGOING for is_incoming in incoming]
    return pa.table(
        {
            "direction": pa.array(directions, pa.string()),
            "store": pa.array([plain(other) for other in others], pa.string()),
            "name": pa.array(_names(transfers, products), pa.string()),
            "in_transit": pa.array([one.in_transit for one in transfers], pa.int64()),
            "shipped": pa.array([one.shipped for one in transfers], pa.int64()),
            "received": pa.array([one.received for one in transfers], pa.int64()),
            "sku": pa.array([plain(one.sku) for one in transfers], pa.string()),
            "transfer_id": pa.array([plain(one.transfer_id) for one in transfers], pa.string()),
        }
    )


def columns(shown: tzinfo) -> dict[str, Any]:
    """Configure the columns of both tables."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "due": text("Due", help=f"Expected date ({shown})."),
        "direction": text("Direction", help="Into or out of this store."),
        "store": text("Other store"),
        "name": text("Product", width="medium"),
        "remaining": number("Remaining", format="localized"),
        "in_transit": number("In transit", format="localized"),
        "ordered": number("Ordered", format="localized"),
        "shipped": number("Shipped", format="localized"),
        "received": number("Received", format="localized"),
        "sku": text("SKU"),
        "order_id": text("Order"),
        "transfer_id": text("Transfer"),
    }


def _names(
    records: Sequence[OpenOrder] | Sequence[OpenTransfer], products: Mapping[str, Product]
) -> list[str]:
    known = [products.get(one.sku) for one in records]
    return [plain(product.name if product else NO_NAME) for product in known]
