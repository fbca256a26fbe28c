"""The parts of the page that show what is coming, and why a number is what it is."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import streamlit as st

from dashboard import delivery_tables, explain, style
from dashboard.display_text import plain, unique
from dashboard.shelf import Line
from dashboard.snapshot import Store

MOST_CHOICES = 1_000
"""Products to choose from; of more, the search must find fewer."""
HEIGHT = 320


def on_the_way(store: Store, now: datetime, shown: tzinfo) -> None:
    """Open orders by the date promised, and transfers to and from the store."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _orders(store, now, shown)
    with right:
        _transfers(store, shown)


def explained(lines: Sequence[Line], store: Store, now: datetime, shown: tzinfo) -> None:
    """Choose a product of those found, and see the sums behind its numbers."""
    st.html(style.heading("Why this number", "the sums behind one product's figures"))
    there = {line.level.sku: line for line in store.shelf}
    before = st.session_state.get("product")
    if len(lines) > MOST_CHOICES:
        st.html(style.unknown(f"Search for fewer than {MOST_CHOICES:,} products to choose one."))
        lines = []
    choices = {line.level.sku: line for line in lines}
    if before in there:  # chosen stays chosen, whatever the search finds now
        choices[before] = there[before]
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
        placeholder="choose one of the products found",
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
        st.html(style.unknown("What is on order is not known."))
        return
    orders = delivery_tables.pressing(store.orders)
    late = delivery_tables.overdue(orders, now)
    note = f"{len(orders):,}, of which {late:,} overdue" if orders else "none"
    st.html(style.heading("Open orders", note))
    if orders:
        st.dataframe(
            delivery_tables.order_frame(orders, store.products, now, shown),
            column_config=delivery_tables.columns(shown),
            hide_index=True,
            height=HEIGHT,
            key="orders",
            lazy=True,
            alt="Open orders, the earliest expected first",
        )


def _transfers(store: Store, shown: tzinfo) -> None:
    if store.transfers is None:
        st.html(style.heading("Transfers", ""))
        st.html(style.unknown("What is in transit is not known."))
        return
    transfers = delivery_tables.by_direction(store.transfers, store.store_id)
    incoming = sum(one.to_store == store.store_id for one in transfers)
    note = f"{incoming:,} in, {len(transfers) - incoming:,} out" if transfers else "none"
    st.html(style.heading("Transfers under way", note))
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
