"""Charts that show the sales of one store, or of the whole chain."""

from datetime import date, datetime, tzinfo

import streamlit as st
from sqlalchemy import Engine

from dashboard.model.sales_hours import MINUTE, by_span
from dashboard.queries import store_sales as query
from dashboard.queries.store_sales import Stores
from dashboard.text.display_time import local
from dashboard.text.shelf_words import NONE
from dashboard.web import sales_bars, style
from dashboard.web.palette import palette

Minutes = tuple[Engine, Stores, datetime, datetime, int]
"""(engine, stores, start, end, version), as the queries take them."""
Span = tuple[Engine, Stores, datetime | date, datetime | date, int]


def minutes(span: Minutes, zone: tzinfo) -> None:
    """Draw the units of the last hour by minute; nothing without sales. zone: of the times."""
    _, _, start, end, _ = span
    sold, returned = query.units_by_minute(*span), query.returns_by_minute(*span)
    bars = by_span((start, end), MINUTE, sold, returned)
    if any(bar.net or bar.returned for bar in bars):
        money = sales_bars.money(query.revenue(*span))
        st.html(style.heading("Units by minute", f"the last hour; revenue {money or NONE}"))
        st.vega_lite_chart(
            sales_bars.bars(bars, [f"{local(bar.start, zone):%H:%M}" for bar in bars]),
            sales_bars.spec("Minute", palette()),
            width="stretch",
            key="minutes-chart",
            alt="Units sold and returned by minute, the last hour",
        )


def best_sellers(span: Span, words: str) -> None:
    """Draw the products sold most. words: name the span."""
    sellers = query.best_sellers(*span)
    money = sales_bars.money(query.revenue(*span))
    st.html(style.heading("Best sellers", f"{words}; revenue {money or NONE}"))
    if sellers:
        st.vega_lite_chart(
            sales_bars.sellers(sellers),
            sales_bars.sellers_spec(palette()),
            width="stretch",
            key="sellers",
            alt=f"Units sold of the best sellers, {words}",
        )
    else:
        st.html(style.unknown("Nothing was sold."))
