"""Sales charts of a store: units by hour and day with returns apart, and best sellers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

import altair as alt
import pyarrow as pa

from dashboard.model.sales_hours import Bar
from dashboard.model.unlisted import NO_NAME
from dashboard.queries.store_sales import Seller
from dashboard.text.display_text import unique
from dashboard.web.palette import Palette
from dashboard.web.shelf_bars import (
    NO_DATA,
    ROW,
    Spec,
    amounts,
    beside,
    names,
    without_data,
)
from views.amounts import amount, in_large_units
from views.plain_text import plain

WORDS = 110
"""Width of the text right of a bar, pixels."""
HEIGHT = 180
UNITS = ",.3~f"
"""Format of units of which some are kilograms, litres or metres: "1,204", "0.4"."""


@lru_cache(maxsize=6)
def spec(title: str, colours: Palette) -> Spec:
    """Bars of units sold, and below the line those brought back. title: of a bar's label."""
    base = alt.Chart(NO_DATA).encode(
        x=alt.X(
            "label:N",
            sort=alt.EncodingSortField(field="rank", op="min", order="ascending"),
            title=None,
            axis=alt.Axis(
                labelAngle=0, labelOverlap="parity", labelColor=colours.quiet, ticks=False
            ),
        ),
        tooltip=[
            alt.Tooltip("label:N", title=title),
            alt.Tooltip("sold:Q", title="Units sold", format=UNITS),
            alt.Tooltip("returned:Q", title="Units brought back", format=UNITS),
        ],
    )
    y = alt.Axis(
        format=",d", tickCount=4, tickMinStep=1, gridColor=colours.rule, labelColor=colours.quiet
    )
    sold = base.mark_bar(color=colours.accent).encode(y=alt.Y("sold:Q", title=None, axis=y))
    returned = base.mark_bar(color=colours.returned).encode(y=alt.Y("below:Q", title=None))
    return without_data(alt.layer(sold, returned).properties(height=HEIGHT))


def bars(spans: Sequence[Bar], labels: Sequence[str]) -> pa.Table:
    """Build a row for each span of time, in order."""
    return pa.table(
        {
            "rank": list(range(len(spans))),
            "label": list(labels),
            "sold": [bar.sold for bar in spans],
            "returned": [bar.returned for bar in spans],
            "below": [-bar.returned for bar in spans],
        }
    )


@lru_cache(maxsize=2)
def sellers_spec(colours: Palette) -> Spec:
    """Bars of units sold by product, with the stock left as text."""
    base = alt.Chart(NO_DATA).encode(
        y=names(colours),
        tooltip=[
            alt.Tooltip("name:N", title="Product"),
            alt.Tooltip("sku:N", title="SKU"),
            alt.Tooltip("sold:N", title="Sold less returned"),
            alt.Tooltip("left:N", title="On hand"),
        ],
    )
    sold = base.mark_bar(height=15, cornerRadiusEnd=2, color=colours.accent).encode(
        x=alt.X("units:Q", title=None, axis=amounts(colours), scale=beside(WORDS))
    )
    words = base.mark_text(align="right", color=colours.ink, fontSize=12).encode(
        x=alt.value("width"), text="words:N"
    )
    return without_data(alt.layer(sold, words).properties(height=alt.Step(ROW)))


def sellers(best: Sequence[Seller]) -> pa.Table:
    """Build a row for each product, in order."""
    known = [one.name or NO_NAME for one in best]
    sold = [amount(one.units, one.unit) for one in best]
    left = ["unknown" if one.on_hand is None else amount(one.on_hand, one.unit) for one in best]
    return pa.table(
        {
            "rank": list(range(len(best))),
            "label": unique(zip(known, (one.sku for one in best), strict=True)),
            "name": [plain(name) for name in known],
            "sku": [plain(one.sku) for one in best],
            "units": [float(in_large_units(one.units, one.unit)) for one in best],
            "sold": sold,
            "left": left,
            "words": [f"{n} sold, {rest} left" for n, rest in zip(sold, left, strict=True)],
        }
    )


def money(amounts_: Mapping[str, Decimal]) -> str:
    """Format amounts by currency: "CHF 12.50, EUR 3.00"."""
    return ", ".join(f"{plain(currency)} {amount:,.2f}" for currency, amount in amounts_.items())
