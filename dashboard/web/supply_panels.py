"""Panels of open orders, open transfers, and the sums behind one product's figures."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import streamlit as st

from dashboard.model.shelf import Line
from dashboard.model.snapshot import Store
from dashboard.text import explain
from dashboard.text.display_text import plain, unique
from dashboard.web import delivery_tables, style

MAX_CHOICES = 1_000
"""Maximum number of products to choose from."""
HEIGHT = 320


def deliveries(store: Store, now: datetime, shown: tzinfo) -> None:
    """Show open orders by expected date, and transfers to and from the store."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _orders(store, now, shown)
    with right:
        _transfers(store, shown)


def explained(lines: Sequence[Line], store: Store, now: datetime, shown: tzinfo) -> None:
    """Show the sums behind the figures of a chosen product."""
    st.html(style.heading("Explain a product", "how its figures are calculated"))
    all_lines = {line.level.sku: line for line in store.shelf}
    previous = st.session_state.get("product")
    if len(lines) > MAX_CHOICES:
        st.html(style.unknown(f"Search for fewer than {MAX_CHOICES:,} products to choose one."))
        lines = []
    choices = {line.level.sku: line for line in lines}
    if previous in all_lines:  # the choice stays, even when the search no longer finds it
        choices[previous] = all_lines[previous]
    if not choices:
        return
    labels = dict(
        zip(choices, unique((one.name, sku) for sku, one in choices.items()), strict=True)
    )
    chosen = st.selectbox(
        "Product",
        sorted(choices, key=lambda sku: (labels[sku].casefold(), sku)),
        format_func=labels.__getitem__,
        index=None,
        placeholder="choose a product",
        filter_mode="contains",
        key="product",
    )
    if chosen is not None:
        _sums(choices[chosen], now, shown)


def _sums(line: Line, now: datetime, shown: tzinfo) -> None:
    st.html(style.heading(plain(line.name), f"{line.level.sku} · {line.status}"))
    sums = [
        ("On hand", explain.on_hand(line.level, shown)),
        ("Cover", explain.cover(line)),
        ("Order", explain.order(line, now, shown)),
    ]
    for place, (caption, steps) in zip(st.columns(3, gap="large"), sums, strict=True):
        rows = [(step.words, explain.written(step.amount), step.result) for step in steps]
        place.html(style.statement(caption, rows))


def _orders(store: Store, now: datetime, shown: tzinfo) -> None:
    if store.orders is None:
        st.html(style.heading("Open orders", ""))
        st.html(style.unknown("No data about orders."))
        return
    orders = delivery_tables.by_due_date(store.orders)
    late = delivery_tables.overdue(orders, now)
    note = f"{len(orders):,}, {late:,} overdue" if orders else "none"
    st.html(style.heading("Open orders", note))
    if orders:
        st.dataframe(
            delivery_tables.order_frame(orders, store.products, now, shown),
            column_config=delivery_tables.columns(shown),
            hide_index=True,
            height=HEIGHT,
            key="orders",
            lazy=True,
            alt="Open orders by expected date",
        )


def _transfers(store: Store, shown: tzinfo) -> None:
    if store.transfers is None:
        st.html(style.heading("Open transfers", ""))
        st.html(style.unknown("No data about transfers."))
        return
    transfers = delivery_tables.by_direction(store.transfers, store.store_id)
    incoming = sum(one.to_store == store.store_id for one in transfers)
    note = f"{incoming:,} in, {len(transfers) - incoming:,} out" if transfers else "none"
    st.html(style.heading("Open transfers", note))
    if transfers:
        st.dataframe(
            delivery_tables.transfer_frame(transfers, store.products, store.store_id),
            column_config=delivery_tables.columns(shown),
            hide_index=True,
            height=HEIGHT,
            key="transfers",
            lazy=True,
            alt="Transfers to and from this store",
        )
