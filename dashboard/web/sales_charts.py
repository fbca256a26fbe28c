"""Sales charts of a store: best sellers, and sales per minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import altair as alt
import pyarrow as pa

from dashboard.model.recent_sales import MINUTE, PERIOD, Seller
from dashboard.model.shelf import NO_NAME
from dashboard.text.display_text import plain, unique
from dashboard.web.stock_chart import (
    GRID,
    NO_DATA,
    ROW,
    Spec,
    amounts,
    beside,
    names,
    without_data,
)
from dashboard.web.style import ACCENT, INK, QUIET_INK
from schemas.generated import Product

WORDS = 110
PER_MINUTE_HEIGHT = 130


@lru_cache(maxsize=1)
def sellers_spec() -> Spec:
    """Bars of units sold by product, with the stock left as text."""
    base = alt.Chart(NO_DATA).encode(
        y=names(),
        tooltip=[
            alt.Tooltip("name:N", title="Product"),
            alt.Tooltip("sku:N", title="SKU"),
            alt.Tooltip("units:Q", title="Units sold", format=",d"),
            alt.Tooltip("revenue:N", title="Revenue"),
            alt.Tooltip("left:N", title="On hand"),
        ],
    )
    bars = base.mark_bar(height=15, cornerRadiusEnd=2, color=ACCENT).encode(
        x=alt.X("units:Q", title=None, axis=amounts(), scale=beside(WORDS))
    )
    words = base.mark_text(align="right", color=INK, fontSize=12).encode(
        x=alt.value("width"), text="words:N"
    )
    return without_data(alt.layer(bars, words).properties(height=alt.Step(ROW)))


def sellers(
    best: Sequence[Seller], products: Mapping[str, Product], on_hand: Mapping[str, int]
) -> pa.Table:
    """Build a row for each seller, in order. on_hand: units by SKU, where known."""
    known = [products.get(one.sku) for one in best]
    product_names = [product.name if product else NO_NAME for product in known]
    left = [f"{on_hand[one.sku]:,}" if one.sku in on_hand else "unknown" for one in best]
    return pa.table(
        {
            "rank": list(range(len(best))),
            "label": unique(zip(product_names, (one.sku for one in best), strict=True)),
            "name": [plain(name) for name in product_names],
            "sku": [plain(one.sku) for one in best],
            "units": [one.units for one in best],
            "revenue": [money(one.revenue) for one in best],
            "left": left,
            "words": [f"{one.units:,} sold, {n} left" for one, n in zip(best, left, strict=True)],
        }
    )


def money(amounts_: Mapping[str, Decimal]) -> str:
    """Format amounts by currency: "CHF 12.50, EUR 3.00"."""
    return ", ".join(f"{plain(currency)} {amount:,.2f}" for currency, amount in amounts_.items())


@lru_cache(maxsize=2)
def per_minute_spec(title: str, number: str, colour: str) -> Spec:
    """Bars by minute. number: d3 format of an amount."""
    bars = (
        alt.Chart(NO_DATA)
        .mark_rect(color=colour)
        .encode(
            x=alt.X(
                "start:T",
                title=None,
                axis=alt.Axis(format="%H:%M", tickCount=6, grid=False, labelColor=QUIET_INK),
            ),
            x2="end:T",
            y=alt.Y(
                "amount:Q",
                title=None,
                axis=alt.Axis(
                    format=",d", tickCount=3, minExtent=36, gridColor=GRID, labelColor=QUIET_INK
                ),
            ),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("start:T", title="Minute", format="%H:%M"),
                alt.Tooltip("amount:Q", title=title, format=number),
            ],
        )
    )
    return without_data(bars.properties(height=PER_MINUTE_HEIGHT))


def per_minute(
    by_minute: Mapping[datetime, int] | Mapping[datetime, Decimal], until: datetime
) -> pa.Table:
    """Build a row for each of the 60 minutes before `until`; a missing minute is 0."""
    starts = [until - PERIOD + index * MINUTE for index in range(PERIOD // MINUTE)]
    gap = MINUTE / 6
    time = pa.timestamp("ms", tz="UTC")
    return pa.table(
        {
            "start": pa.array(starts, time),
            "end": pa.array([start + MINUTE - gap for start in starts], time),
            "amount": [float(by_minute.get(start, 0)) for start in starts],
        }
    )
