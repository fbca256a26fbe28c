"""Panels of one store: headline figures, stock, best sellers, sales per minute, products."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

import streamlit as st

from dashboard.model.shelf import Line, matching
from dashboard.model.snapshot import Store
from dashboard.web import delivery_tables, product_table, sales_charts, stock_chart, style
from views.stock import Status

BEST = 10
NO_SALES = "No sales in the last two hours."


@dataclass(frozen=True, slots=True)
class Search:
    """Filters of the product search."""

    words: str = ""
    category: str | None = None
    """None: any."""
    statuses: tuple[Status, ...] = ()
    """Empty: any."""
    limit: int = 25
    """Number of bars in the chart; the table shows all products."""

    def lines(self, store: Store) -> list[Line]:
        return matching(store.shelf, self.words, self.category, self.statuses)


def headline(store: Store, now: datetime, shown: tzinfo) -> None:
    """Show the six headline figures."""
    sales = store.sales
    until = f"{sales.until.astimezone(shown):%H:%M}" if sales else ""
    cards = [
        (
            "Products tracked",
            f"{len(store.levels):,}",
            "Products that this store has had.",
        ),
        ("Out of stock", f"{store.counts[Status.OUT]:,}", "Nothing on hand."),
        ("Low", f"{store.counts[Status.LOW]:,}", "On hand at or below the reorder point."),
        (
            "Negative",
            f"{store.counts[Status.NEGATIVE]:,}",
            "More sold than received: count these shelves.",
        ),
        _on_order(store, now),
        (
            f"Sold, hour to {until}" if sales else "Sold, last hour",
            f"{sales.units:,}" if sales else "unknown",
            f"Units less returns, 60 minutes to the newest complete minute ({shown})."
            if sales
            else NO_SALES,
        ),
    ]
    with st.container(horizontal=True, gap="small", key="headline"):
        for label, value, help_text in cards:
            st.metric(label, value, help=help_text, border=True, width="stretch")


def _on_order(store: Store, now: datetime) -> tuple[str, str, str]:
    if store.orders is None:
        return "Units on order", "unknown", "No data about orders."
    late = delivery_tables.overdue(store.orders, now)
    return (
        "Units on order",
        f"{sum(order.remaining for order in store.orders):,}",
        f"{len(store.orders):,} open orders, {late:,} overdue.",
    )


def stock(lines: Sequence[Line], limit: int) -> None:
    """Show on hand by product, most urgent first."""
    shown = lines[:limit]
    note = f"the {len(shown):,} most urgent of {len(lines):,}" if lines else "none found"
    st.html(style.heading("Units on hand", note) + style.legend())
    if shown:
        st.vega_lite_chart(
            stock_chart.stock(shown),
            stock_chart.stock_spec(),
            width="stretch",
            key="stock",
            alt=f"Units on hand, on order and reorder point of {note}, most urgent first",
        )


def best_sellers(store: Store) -> None:
    sales = store.sales
    st.html(style.heading("Best sellers", "units in the last 60 minutes"))
    if sales is None:
        st.html(style.unknown(NO_SALES))
        return
    on_hand = {line.level.sku: line.level.on_hand for line in store.shelf}
    st.vega_lite_chart(
        sales_charts.sellers(sales.sellers[:BEST], store.products, on_hand),
        sales_charts.sellers_spec(),
        width="stretch",
        key="sellers",
        alt="Units sold of the best sellers in the last 60 minutes",
    )


def per_minute(store: Store, shown: tzinfo) -> None:
    """Show units and, for each currency, revenue by minute."""
    sales = store.sales
    if sales is None:
        st.html(style.heading("Sales per minute", ""))
        st.html(style.unknown(NO_SALES))
        return
    st.html(style.heading("Units sold per minute", f"times: {shown}"))
    st.vega_lite_chart(
        sales_charts.per_minute(sales.by_minute, sales.until),
        sales_charts.per_minute_spec("Units", ",d", style.ACCENT),
        width="stretch",
        key="units",
        alt="Units sold by minute over the last 60 minutes",
    )
    for currency, amounts in sales.revenue.items():
        total = sales_charts.money({currency: sum(amounts.values(), Decimal())})
        st.html(style.heading("Revenue per minute", f"{total} in 60 minutes"))
        st.vega_lite_chart(
            sales_charts.per_minute(amounts, sales.until),
            sales_charts.per_minute_spec("Revenue", ",.2f", style.SECOND),
            width="stretch",
            key=f"revenue-{currency}",
            alt="Revenue by minute over the last 60 minutes",
        )


def products(lines: Sequence[Line], now: datetime, shown: tzinfo) -> None:
    """Show the products found as a table."""
    st.html(style.heading("All products", f"{len(lines):,} found"))
    st.dataframe(
        product_table.frame(lines, now, shown),
        column_config=product_table.columns(shown),
        hide_index=True,
        height=420,
        placeholder="unknown",
        key="products",
        lazy=True,
        alt="Products found, with their stock",
    )
