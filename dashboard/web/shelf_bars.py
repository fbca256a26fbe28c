"""Bars of the shelves in view: a constant Vega-Lite specification, and its data as an Arrow table.

With a constant specification the browser replaces only the data, without flicker.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

from dashboard.model.unlisted import NO_NAME
from dashboard.text.display_text import unique
from dashboard.web.palette import Palette
from views.amounts import in_large_units
from views.plain_text import plain
from views.shelf_figures import Shelf

ROW = 25
"""Height of a bar's row, pixels."""
LABEL = 190
WORDS = 100
"""Width of the text right of a bar, pixels."""
NO_DATA = alt.Data(name="none")  # type: ignore[no-untyped-call]

Spec = dict[str, Any]


@lru_cache(maxsize=2)
def spec(colours: Palette) -> Spec:
    """Bars of on hand in the colour of the status, paler bars of on order, diamonds at the
    reorder point.
    """
    base = alt.Chart(NO_DATA).encode(
        y=names(colours),
        tooltip=[
            alt.Tooltip("name:N", title="Product"),
            alt.Tooltip("sku:N", title="SKU"),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("words:N", title="On hand"),
            alt.Tooltip("on_order:N", title="On order"),
            alt.Tooltip("reorder_words:N", title="Reorder point"),
        ],
    )
    x = alt.X("on_hand:Q", title=None, axis=amounts(colours), scale=beside(WORDS))
    bars = base.mark_bar(height=15, cornerRadiusEnd=2).encode(
        x=x,
        color=alt.Color(
            "status:N",
            legend=None,
            scale=alt.Scale(domain=[*colours.marks], range=[*colours.marks.values()]),
        ),
    )
    on_order = base.mark_bar(height=9, cornerRadiusEnd=2, color=colours.on_order).encode(
        x=alt.X("on_order_from:Q", title=None), x2="on_order_to:Q"
    )
    diamonds = base.mark_point(
        shape="diamond",
        size=100,
        filled=True,
        fill=colours.ink,
        stroke=colours.ground,
        strokeWidth=1.2,
        opacity=1,
    ).encode(x="reorder:Q")
    numbers = base.mark_text(
        align="right", color=colours.ink, fontSize=12, fontWeight="bold"
    ).encode(x=alt.value("width"), text="words:N")
    words = base.mark_text(align="right", color=colours.quiet, fontSize=12).encode(
        x=alt.value(alt.ExprRef("width - 40")), text="status:N"
    )
    layers = alt.layer(on_order, bars, words, numbers, diamonds)
    return without_data(layers.properties(height=alt.Step(ROW)))


def bars(shelves: Sequence[Shelf]) -> pa.Table:
    """Build a row for each shelf, in order."""
    names_ = [one.name or NO_NAME for one in shelves]
    begin = [_large(one, max(one.on_hand, 0)) for one in shelves]
    position = [_large(one, one.on_hand + (one.on_order or 0)) for one in shelves]
    return pa.table(
        {
            "rank": list(range(len(shelves))),
            "label": unique(zip(names_, (one.sku for one in shelves), strict=True)),
            "name": [plain(name) for name in names_],
            "sku": [plain(one.sku) for one in shelves],
            "status": [one.status.value for one in shelves],
            "on_hand": [_large(one, one.on_hand) for one in shelves],
            "reorder": pa.array(
                [
                    None if one.reorder_point is None else _large(one, one.reorder_point)
                    for one in shelves
                ],
                pa.float64(),
            ),
            "reorder_words": [_words(one, one.reorder_point) for one in shelves],
            "on_order": [_words(one, one.on_order) for one in shelves],
            "on_order_from": begin,
            "on_order_to": [max(pair) for pair in zip(begin, position, strict=True)],
            "words": [_words(one, one.on_hand) for one in shelves],
        }
    )


def _large(one: Shelf, number: int) -> float:
    """Return the length of a bar: a kilogram, litre or metre is as long as a piece."""
    return float(in_large_units(number, one.unit))


def _words(one: Shelf, number: int | None) -> str:
    return "unknown" if number is None else one.amount(number)


def names(colours: Palette) -> alt.Y:
    """Product names, cut at LABEL pixels, in the order of the rows.

    The order is a field of its own: Vega keeps the initial order when data is replaced.
    """
    return alt.Y(
        "label:N",
        sort=alt.EncodingSortField(field="rank", op="min", order="ascending"),
        title=None,
        axis=alt.Axis(
            labelLimit=LABEL, labelColor=colours.ink, ticks=False, domain=False, labelPadding=8
        ),
    )


def beside(words: int) -> alt.Scale:
    """A scale that leaves room for text on the right, pixels."""
    return alt.Scale(range=[0, alt.ExprRef(f"width - {words}")])


def amounts(colours: Palette) -> alt.Axis:
    """An axis of units on top of the chart."""
    return alt.Axis(
        tickMinStep=1,
        tickCount=alt.expr("ceil(width / 60)"),
        format=",d",
        orient="top",
        labelColor=colours.quiet,
        gridColor=colours.rule,
    )


def without_data(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> Spec:
    """Remove the data placeholder that Altair requires."""
    spec: Spec = chart.to_dict()
    del spec["data"], spec["$schema"]
    return spec
