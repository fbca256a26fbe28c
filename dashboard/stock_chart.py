"""The chart of a store's stock: what it looks like, and what it shows.

The look is a Vega-Lite specification made once, the data an Arrow table made each second: a
specification that stays the same lets the browser exchange the data alone, without flicker.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

from dashboard.display_text import plain, unique
from dashboard.shelf import Line
from dashboard.style import COLOURS, COMING, INK, QUIET_INK

ROW = 25
"""Height of a bar's row, pixels."""
LABEL = 190
WORDS = 100
"""Width of the words on the right of a bar, pixels."""
GRID = "#edf1f4"
MINUS = "\u2212"
NO_DATA = alt.Data(name="none")  # type: ignore[no-untyped-call]

Spec = dict[str, Any]


@lru_cache(maxsize=1)
def stock_spec() -> Spec:
    """Bars of on hand by product, coloured by status, what is on order pale behind them, and a
    diamond at the reorder point.
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
    coming = base.mark_bar(height=9, cornerRadiusEnd=2, color=COMING).encode(
        x=alt.X("coming_from:Q", title=None), x2="coming_to:Q"
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
    layers = alt.layer(coming, bars, words, numbers, diamonds)
    return without_data(layers.properties(height=alt.Step(ROW)))


def stock(lines: Sequence[Line]) -> pa.Table:
    """A row for each line, in the order given."""
    on_hand = [line.level.on_hand for line in lines]
    reorder = [line.reorder_point for line in lines]
    on_order = [line.coming.on_order for line in lines]
    begin = [max(units, 0) for units in on_hand]
    position = [units + (more or 0) for units, more in zip(on_hand, on_order, strict=True)]
    return pa.table(
        {
            "rank": list(range(len(lines))),
            "label": unique((line.name, line.level.sku) for line in lines),
            "name": [plain(line.name) for line in lines],
            "sku": [plain(line.level.sku) for line in lines],
            "status": [line.status.value for line in lines],
            "on_hand": on_hand,
            "reorder": pa.array(reorder, pa.int64()),
            "on_order": ["unknown" if more is None else f"{more:,}" for more in on_order],
            "coming_from": begin,
            "coming_to": [max(pair) for pair in zip(begin, position, strict=True)],
            "words": [f"{units:,}".replace("-", MINUS) for units in on_hand],
        }
    )


def names() -> alt.Y:
    """Product names, cut at LABEL pixels, in the order of the rows.

    The order is a field, because Vega keeps the first order it saw when data is exchanged.
    """
    return alt.Y(
        "label:N",
        sort=alt.EncodingSortField(field="rank", op="min", order="ascending"),
        title=None,
        axis=alt.Axis(labelLimit=LABEL, labelColor=INK, ticks=False, domain=False, labelPadding=8),
    )


def beside(words: int) -> alt.Scale:
    """A scale that leaves room for words on the right, pixels."""
    return alt.Scale(range=[0, alt.ExprRef(f"width - {words}")])


def amounts() -> alt.Axis:
    """An axis of units, on top, where the eye begins."""
    return alt.Axis(
        tickMinStep=1,
        tickCount=alt.expr("ceil(width / 60)"),
        format=",d",
        orient="top",
        labelColor=QUIET_INK,
        gridColor=GRID,
    )


def without_data(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> Spec:
    """The specification, without the place that Altair wants data in."""
    spec: Spec = chart.to_dict()
    del spec["data"], spec["$schema"]
    return spec
