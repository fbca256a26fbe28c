"""The parts of the page that show one store; each draws itself from a snapshot's Store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

import streamlit as st

from dashboard import delivery_tables, product_table, sales_charts, stock_chart, style
from dashboard.shelf import Line, matching
from dashboard.snapshot import Store
from views.stock import Status

BEST = 10


@dataclass(frozen=True, slots=True)
class Search:
    """What the reader of the page is looking for."""

    words: str = ""
    category: str | None = None
    statuses: tuple[Status, ...] = ()
    most: int = 25
    """Bars in the chart; the table shows all."""

    def lines(self, store: Store) -> list[Line]:
        return matching(store.shelf, self.words, self.category, self.statuses)


def headline(store: Store, now: datetime, shown: tzinfo) -> None:
    """The six figures that tell how the store stands."""
    sales = store.sales
    until = f"{sales.until.astimezone(shown):%H:%M}" if sales else ""
    cards = [
        ("Products tracked", f"{len(store.levels):,}", "Products of which this store has a level."),
        ("Out of stock", f"{store.counts[Status.OUT]:,}", "Nothing on hand."),
        ("Low", f"{store.counts[Status.LOW]:,}", "On hand at or below the reorder point."),
        (
            "Negative",
            f"{store.counts[Status.NEGATIVE]:,}",
            "More was sold than is known to have come in: count these shelves.",
        ),
        _on_order(store, now),
        (
            f"Sold, hour to {until}" if sales else "Sold, last hour",
            f"{sales.units:,}" if sales else "unknown",
            f"Units less returns, over the 60 minutes to the newest finished one ({shown})."
            if sales
            else "No sales of this store in the last two hours have been read.",
        ),
    ]
    with st.container(horizontal=True, gap="small", key="headline"):
        for label, value, explained in cards:
            st.metric(label, value, help=explained, border=True, width="stretch")


def _on_order(store: Store, now: datetime) -> tuple[str, str, str]:
    if store.orders is None:
        return "Units on order", "unknown", "The orders of this store are not known."
    late = delivery_tables.overdue(store.orders, now)
    return (
        "Units on order",
        f"{sum(order.remaining for order in store.orders):,}",
        f"Still to come on {len(store.orders):,} open orders, of which {late:,} overdue.",
    )


def stock(lines: Sequence[Line], most: int) -> None:
    """On hand by product, the most urgent first."""
    shown = lines[:most]
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
        st.html(style.unknown("No sales of this store in the last two hours are known."))
        return
    on_hand = {line.level.sku: line.level.on_hand for line in store.shelf}
    st.vega_lite_chart(
        sales_charts.sellers(sales.sellers[:BEST], store.products, on_hand),
        sales_charts.sellers_spec(),
        width="stretch",
        key="sellers",
        alt="Units sold of the best sellers in the last 60 minutes",
    )


def pace(store: Store, shown: tzinfo) -> None:
    """Units and, for each currency, revenue by the minute."""
    sales = store.sales
    if sales is None:
        st.html(style.heading("Sales per minute", ""))
        st.html(style.unknown("No sales of this store in the last two hours are known."))
        return
    st.html(style.heading("Units sold per minute", f"times: {shown}"))
    st.vega_lite_chart(
        sales_charts.pace(sales.by_minute, sales.until),
        sales_charts.pace_spec("Units", ",d", style.ACCENT),
        width="stretch",
        key="units",
        alt="Units sold by the minute over the last 60 minutes",
    )
    for currency, amounts in sales.revenue.items():
        total = sales_charts.money({currency: sum(amounts.values(), Decimal())})
        st.html(style.heading("Revenue per minute", f"{total} in 60 minutes"))
        st.vega_lite_chart(
            sales_charts.pace(amounts, sales.until),
            sales_charts.pace_spec("Revenue", ",.2f", style.SECOND),
            width="stretch",
            key=f"revenue-{currency}",
            alt="Revenue by the minute over the last 60 minutes",
        )


def products(lines: Sequence[Line], now: datetime, shown: tzinfo) -> None:
    """All products found, as a table."""
    st.html(style.heading("All products", f"{len(lines):,} found"))
    st.dataframe(
        product_table.frame(lines, now, shown),
        column_config=product_table.columns(shown),
        hide_index=True,
        height=420,
        placeholder="unknown",
        key="products",
        lazy=True,
        alt="All products found, with their stock",
    )
