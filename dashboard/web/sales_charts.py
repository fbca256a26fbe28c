"""Charts that show the sales of one store, or of the whole chain."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

import streamlit as st
from sqlalchemy import Engine

from dashboard.model.sales_hours import MINUTE, Bar, by_span
from dashboard.queries import store_sales as query
from dashboard.queries.shared import shared
from dashboard.queries.store_sales import Stores
from dashboard.text.shelf_words import NONE
from dashboard.web import sales_bars, style
from dashboard.web.palette import palette
from views.local_time import local

Minutes = tuple[Engine, Stores, datetime, datetime]
"""(engine, stores, start, end), as the queries take them."""
Days = tuple[Engine, Stores, date, date]


def minutes(span: Minutes, version: int, zone: tzinfo) -> None:
    """Draw the units of the last hour by minute; nothing without sales. zone: of the times."""
    _, _, start, end = span
    sold = query.units_by_minute(*span, version)
    returned = shared(version, query.returns_by_minute, *span)
    bars = by_span((start, end), MINUTE, sold, returned)
    if any(bar.net or bar.returned for bar in bars):
        money = sales_bars.money(query.revenue(*span, version))
        words = f"the last hour ({zone}); revenue {money or NONE}"
        st.html(style.heading("Units by minute", words))
        st.vega_lite_chart(
            sales_bars.bars(bars, clock_labels(bars, zone)),
            sales_bars.spec("Minute", palette()),
            width="stretch",
            key="minutes-chart",
            alt="Units sold and returned by minute, the last hour",
        )


def clock_labels(bars: Sequence[Bar], zone: tzinfo) -> list[str]:
    """Return the times at which bars begin, with the zone's offset when a clock is set back."""
    labels = [f"{local(bar.start, zone):%H:%M}" for bar in bars]
    if len(set(labels)) == len(labels):
        return labels
    return [f"{local(bar.start, zone):%H:%M %Z}" for bar in bars]


def best_sellers(span: Minutes | Days, version: int, words: str, none: str) -> None:
    """Draw the products sold most. words: name the span; none: a sentence if there are none."""
    engine, stores, start, end = span
    sellers = shared(version, query.best_sellers, engine, stores, start, end)
    money = sales_bars.money(query.revenue(engine, stores, start, end, version))
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
        st.html(style.unknown(none))
