"""Deliveries: open orders and transfers of a store, late ones first."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.model.unlisted import NO_NAME
from dashboard.queries.gaps import gaps
from dashboard.queries.open_deliveries import Goods, Orders, Transfers, open_orders, open_transfers
from dashboard.queries.shared import shared
from dashboard.text.display_text import references
from dashboard.text.display_time import due
from dashboard.text.reference_words import number
from dashboard.text.shelf_words import NONE
from dashboard.web import style
from dashboard.web.amount_column import Cells, amount_cells, amount_config
from dashboard.web.refreshed_part import refreshed
from dashboard.web.row_height import row_height
from dashboard.web.visit import Visit, minute
from schemas.generated import OpenOrder, OpenTransfer, Product
from views.open_items import expected
from views.plain_text import plain

LIMIT = 500
"""Maximum number of rows of each table."""
LONG = "Of a long id its beginning and its end, with … between."
AMOUNTS = {
    "remaining": "Still to come",
    "in_transit": "On the way",
    "ordered": "Ordered",
    "shipped": "Shipped",
    "received": "Received",
    "lost": "Lost",
}
"""Headings of the columns with amounts."""
Rows = Sequence[tuple[OpenOrder | OpenTransfer, Goods]]
SIGNS = {"late": "▲ late", "due": "due", "none": "no date"}


def show(visit: Visit) -> None:
    """Draw the orders and transfers of the chosen store."""
    if visit.need_store():
        _orders(visit)
        _transfers(visit)


@refreshed
def _orders(visit: Visit) -> None:
    assert visit.store is not None
    if OpenOrder in gaps(visit.engine, visit.settings).missing:
        st.html(style.heading("Orders under way", "") + style.unknown("No data about orders."))
        return
    now = minute()
    version = visit.version(OpenOrder, Product)
    orders = shared(version, open_orders, visit.engine, visit.store, LIMIT, now)
    st.html(style.heading("Orders under way", _note(visit, OpenOrder, _order_words(orders))))
    if orders.rows:
        frame = order_frame(orders, now, visit.shown)
        rows = st.dataframe(
            frame,
            column_config=columns(frame, visit.shown),
            hide_index=True,
            row_height=row_height(),
            key="orders",
            on_select="rerun",
            selection_mode="single-row",
            placeholder=NONE,
            alt="Orders under way, late ones first",
        ).selection.rows
        visit.open_product("orders", [order.sku for order, _ in orders.rows], rows)


@refreshed
def _transfers(visit: Visit) -> None:
    assert visit.store is not None
    if OpenTransfer in gaps(visit.engine, visit.settings).missing:
        no_data = style.unknown("No data about transfers.")
        st.html(style.heading("Transfers under way", "") + no_data)
        return
    version = visit.version(OpenTransfer, Product)
    transfers = shared(version, open_transfers, visit.engine, visit.store, LIMIT)
    note = _note(visit, OpenTransfer, _transfer_words(transfers))
    st.html(style.heading("Transfers under way", note))
    if transfers.rows:
        frame = transfer_frame(transfers, visit.store, visit.name)
        rows = st.dataframe(
            frame,
            column_config=columns(frame, visit.shown),
            hide_index=True,
            row_height=row_height(),
            key="transfers",
            on_select="rerun",
            selection_mode="single-row",
            alt="Transfers under way, to this store first",
        ).selection.rows
        visit.open_product("transfers", [transfer.sku for transfer, _ in transfers.rows], rows)


def order_frame(orders: Orders, now: datetime, shown: tzinfo) -> pa.Table:
    """Build a row for each order, in order."""
    records = [order for order, _ in orders.rows]
    dates = [expected(order) for order in records]
    signs = [SIGNS["none" if at is None else "late" if at < now else "due"] for at in dates]
    days = [due(at, at or now, shown) for at in dates]
    amounts = partial(_amounts, orders.rows)
    return pa.table(
        {
            "state": pa.array(signs, pa.string()),
            "remaining": amounts(order.remaining for order in records),
            "name": _names(orders.rows),
            "due": pa.array(days, pa.string()),
            "sku": pa.array([plain(order.sku) for order in records], pa.string()),
            "ordered": amounts(order.ordered for order in records),
            "received": amounts(order.received for order in records),
            "order_id": _references("order", (order.order_id for order in records)),
        }
    )


def transfer_frame(transfers: Transfers, store_id: str, name_of: Callable[[str], str]) -> pa.Table:
    """Build a row for each transfer, in order, as seen from the store."""
    records = [transfer for transfer, _ in transfers.rows]
    incoming = [transfer.to_store == store_id for transfer in records]
    others = [
        one.from_store if into else one.to_store
        for one, into in zip(records, incoming, strict=True)
    ]
    amounts = partial(_amounts, transfers.rows)
    return pa.table(
        {
            "direction": pa.array(["in" if into else "out" for into in incoming], pa.string()),
            "in_transit": amounts(one.in_transit for one in records),
            "name": _names(transfers.rows),
            "sku": pa.array([plain(one.sku) for one in records], pa.string()),
            "store": pa.array([plain(name_of(other)) for other in others], pa.string()),
            "shipped": amounts(one.shipped for one in records),
            "received": amounts(one.received for one in records),
            "lost": amounts(one.lost for one in records),
            "transfer_id": _references("transfer", (one.transfer_id for one in records)),
        }
    )


def columns(frame: pa.Table, shown: tzinfo) -> dict[str, Any]:
    """Configure the columns of a table; shown: zone of the times."""
    text = st.column_config.TextColumn
    helps = {"lost": "Given up on the way."}
    amounts = {
        name: amount_config(label, frame[name], helps.get(name))
        for name, label in AMOUNTS.items()
        if name in frame.column_names
    }
    return amounts | {
        "state": text("State"),
        "due": text(f"Due ({shown})"),
        "direction": text("Direction", help="Into or out of this store."),
        "store": text("Other store"),
        "name": text("Product", width="medium"),
        "sku": text("SKU"),
        "order_id": text("Order", help=LONG),
        "transfer_id": text("Transfer", help=LONG),
    }


def _names(rows: Rows) -> Cells:
    return pa.array([plain(goods.name or NO_NAME) for _, goods in rows], pa.string())


def _references(word: str, ids: Iterable[str]) -> Cells:
    """Return the cells of a column whose heading is the word."""
    return pa.array(references([number(each, word) for each in ids]), pa.string())


def _amounts(rows: Rows, numbers: Iterable[int]) -> Cells:
    units = (goods.unit for _, goods in rows)
    return amount_cells(zip(numbers, units, strict=True))


def _note(visit: Visit, record_type: type[OpenOrder | OpenTransfer], words: str) -> str:
    """Return the note of a heading. words: count the rows; empty: there are none."""
    if not words:
        return visit.absence("none", record_type)
    return words if visit.has_read(record_type) else f"{words}; not all are read yet"


def _order_words(orders: Orders) -> str:
    if not orders.count:
        return ""
    shown = len(orders.rows)
    more = f"; the {shown:,} due first are listed" if shown < orders.count else ""
    return f"{orders.count:,}, {orders.late:,} late{more}"


def _transfer_words(transfers: Transfers) -> str:
    shown, total = len(transfers.rows), transfers.incoming + transfers.outgoing
    if not total:
        return ""
    more = f"; the first {shown:,} are listed" if shown < total else ""
    return f"{transfers.incoming:,} in, {transfers.outgoing:,} out{more}"
