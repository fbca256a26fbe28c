"""The charts of a store's sales: best sellers, and the pace by the minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import altair as alt
import pyarrow as pa

from dashboard.display_text import plain, unique
from dashboard.sales import KEPT, MINUTE, Seller
from dashboard.shelf import NO_NAME
from dashboard.stock_chart import GRID, NO_DATA, ROW, Spec, amounts, beside, names, without_data
from dashboard.style import ACCENT, INK, QUIET_INK
from schemas.generated import Product

WORDS = 110
PACE_HEIGHT = 130


@lru_cache(maxsize=1)
def sellers_spec() -> Spec:
    """Bars of units sold by product, with what is left at their ends."""
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
    """A row for each seller, in the order given. on_hand: units by SKU, where known."""
    found = [products.get(one.sku) for one in best]
    called = [product.name if product else NO_NAME for product in found]
    left = [f"{on_hand[one.sku]:,}" if one.sku in on_hand else "unknown" for one in best]
    return pa.table(
        {
            "rank": list(range(len(best))),
            "label": unique(zip(called, (one.sku for one in best), strict=True)),
            "name": [plain(name) for name in called],
            "sku": [plain(one.sku) for one in best],
            "units": [one.units for one in best],
            "revenue": [money(one.revenue) for one in best],
            "left": left,
            "words": [f"{one.units:,} sold, {n} left" for one, n in zip(best, left, strict=True)],
        }
    )


def money(amounts_: Mapping[str, Decimal]) -> str:
    """Amounts by currency: "CHF 12.50, EUR 3.00"."""
    return ", ".join(f"{plain(currency)} {amount:,.2f}" for currency, amount in amounts_.items())


@lru_cache(maxsize=2)
def pace_spec(title: str, number: str, colour: str) -> Spec:
    """Bars by the minute. number: the format of an amount, as d3 writes it."""
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
    return without_data(bars.properties(height=PACE_HEIGHT))


def pace(
    by_minute: Mapping[datetime, int] | Mapping[datetime, Decimal], until: datetime
) -> pa.Table:
    """The 60 minutes before `until`; in a minute without an entry nothing was sold: 0."""
    starts = [until - KEPT + index * MINUTE for index in range(KEPT // MINUTE)]
    gap = MINUTE / 6
    time = pa.timestamp("ms", tz="UTC")
    return pa.table(
        {
            "start": pa.array(starts, time),
            "end": pa.array([start + MINUTE - gap for start in starts], time),
            "amount": [float(by_minute.get(start, 0)) for start in starts],
        }
    )
