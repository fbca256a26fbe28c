"""The stock chart: a constant Vega-Lite specification, and its data as an Arrow table.

With a constant specification the browser replaces only the data, without flicker.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

from dashboard.model.shelf import Line
from dashboard.text.display_text import plain, unique
from dashboard.web.style import COLOURS, INK, ON_ORDER, QUIET_INK

ROW = 25
"""Height of a bar's row, pixels."""
LABEL = 190
WORDS = 100
"""Width of the text right of a bar, pixels."""
GRID = "#edf1f4"
MINUS = "\u2212"
NO_DATA = alt.Data(name="none")  # type: ignore[no-untyped-call]

Spec = dict[str, Any]


@lru_cache(maxsize=1)
def stock_spec() -> Spec:
    """Bars of on hand in the colour of the status, paler bars of on order, diamonds at the
    reorder point.
    """
    base = alt.Chart(NO_DATA).encode(
        y=names(),
        tooltip=[
            alt.Tooltip("name:N", title="Product"),
            alt.Tooltip("sku:N", title="SKU"),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("on_hand:Q", title="On hand", format=",d"),
            alt.Tooltip("on_order:N", title="On order"),
            alt.Tooltip("reorder:Q", title="Reorder point", format=",d"),
        ],
    )
    x = alt.X("on_hand:Q", title=None, axis=amounts(), scale=beside(WORDS))
    bars = base.mark_bar(height=15, cornerRadiusEnd=2).encode(
        x=x,
        color=alt.Color(
            "status:N",
            legend=None,
            scale=alt.Scale(domain=[*COLOURS], range=[*COLOURS.values()]),
        ),
    )
    on_order = base.mark_bar(height=9, cornerRadiusEnd=2, color=ON_ORDER).encode(
        x=alt.X("on_order_from:Q", title=None), x2="on_order_to:Q"
    )
    diamonds = base.mark_point(
        shape="diamond", size=100, filled=True, fill=INK, stroke="white", strokeWidth=1.2, opacity=1
    ).encode(x="reorder:Q")
    numbers = base.mark_text(align="right", color=INK, fontSize=12, fontWeight="bold").encode(
        x=alt.value("width"), text="words:N"
    )
    words = base.mark_text(align="right", color=QUIET_INK, fontSize=12).encode(
        x=alt.value(alt.ExprRef("width - 40")), text="status:N"
    )
    layers = alt.layer(on_order, bars, words, numbers, diamonds)
    return without_data(layers.properties(height=alt.Step(ROW)))


def stock(lines: Sequence[Line]) -> pa.Table:
    """Build a row for each line, in order."""
    on_hand = [line.level.on_hand for line in lines]
    reorder = [line.reorder_point for line in lines]
    on_order = [line.incoming.on_order for line in lines]
    begin = [max(units, 0) for units in on_hand]
    position = [units + (ordered or 0) for units, ordered in zip(on_hand, on_order, strict=True)]
    return pa.table(
        {
            "rank": list(range(len(lines))),
            "label": unique((line.name, line.level.sku) for line in lines),
            "name": [plain(line.name) for line in lines],
            "sku": [plain(line.level.sku) for line in lines],
            "status": [line.status.value for line in lines],
            "on_hand": on_hand,
            "reorder": pa.array(reorder, pa.int64()),
            "on_order": ["unknown" if units is None else f"{units:,}" for units in on_order],
            "on_order_from": begin,
            "on_order_to": [max(pair) for pair in zip(begin, position, strict=True)],
            "words": [f"{units:,}".replace("-", MINUS) for units in on_hand],
        }
    )


def names() -> alt.Y:
    """Product names, cut at LABEL pixels, in the order of the rows.

    The order is a field of its own: Vega keeps the initial order when data is replaced.
    """
    return alt.Y(
        "label:N",
        sort=alt.EncodingSortField(field="rank", op="min", order="ascending"),
        title=None,
        axis=alt.Axis(labelLimit=LABEL, labelColor=INK, ticks=False, domain=False, labelPadding=8),
    )


def beside(words: int) -> alt.Scale:
    """A scale that leaves room for text on the right, pixels."""
    return alt.Scale(range=[0, alt.ExprRef(f"width - {words}")])


def amounts() -> alt.Axis:
    """An axis of units on top of the chart."""
    return alt.Axis(
        tickMinStep=1,
        tickCount=alt.expr("ceil(width / 60)"),
        format=",d",
        orient="top",
        labelColor=QUIET_INK,
        gridColor=GRID,
    )


def without_data(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> Spec:
    """Remove the data placeholder that Altair requires."""
    spec: Spec = chart.to_dict()
    del spec["data"], spec["$schema"]
    return spec
