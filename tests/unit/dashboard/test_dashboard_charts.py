"""Data of the charts and of the product table."""

from datetime import UTC
from typing import Any

import pyarrow as pa

from dashboard.model import shelf
from dashboard.model.recent_sales import Seller
from dashboard.text.freshness import Freshness, State
from dashboard.web import product_table, sales_charts, stock_chart, style
from tests.support.store_records import AT, level, product
from tests.unit.dashboard.test_dashboard_shelf import lines
from views.stock import Status

HOSTILE = '<script>alert("x")</script>\n$\\frac{1}{2}$ **bold** [link](javascript:x) =1+1'


def columns(table: pa.Table) -> dict[str, list[Any]]:
    """A table's values by column."""
    return {name: table[name].to_pylist() for name in table.column_names}


def test_the_stock_chart_has_a_row_for_each_line_in_its_order() -> None:
    products = {"a": product("a", 10, "Milk"), "b": product("b", 4, "Milk")}
    shelf_lines = lines([level("a", 25), level("b", -1200), level("c", 7)], products)
    rows = columns(stock_chart.stock(shelf_lines))
    assert rows["label"] == ["Milk · b", "Milk · a", shelf.NO_NAME]
    assert rows["rank"] == [0, 1, 2]
    assert rows["on_hand"] == [-1200, 25, 7]
    assert rows["reorder"] == [4, 10, None]
    assert rows["words"] == ["\u22121,200", "25", "7"]
    assert rows["status"] == ["negative", "ok", "unknown"]


def test_every_layer_of_the_stock_chart_keeps_the_order_of_the_rows() -> None:
    layers = stock_chart.stock_spec()["layer"]
    assert all(layer["encoding"]["y"]["sort"]["field"] == "rank" for layer in layers)
    assert [layer["mark"]["type"] for layer in layers] == ["bar", "bar", "text", "text", "point"]
    assert layers[-1]["mark"]["shape"] == "diamond"
    assert layers[-1]["encoding"]["x"]["field"] == "reorder"


def test_every_status_has_its_own_colour_and_is_in_the_legend() -> None:
    assert len({style.COLOURS[status] for status in Status}) == len(Status)
    assert all(f"{status}</span>" in style.legend() for status in Status)
    assert "reorder point" in style.legend()


def test_an_empty_chart_is_a_table_without_rows() -> None:
    assert stock_chart.stock([]).num_rows == 0
    assert sales_charts.sellers([], {}, {}).num_rows == 0
    assert product_table.frame([], AT, UTC).num_rows == 0


def test_a_seller_without_a_level_has_unknown_stock_not_zero() -> None:
    best = [Seller("a", 5, {}), Seller("b", 2, {})]
    rows = columns(sales_charts.sellers(best, {"a": product("a")}, {"a": 0}))
    assert rows["words"] == ["5 sold, 0 left", "2 sold, unknown left"]
    assert rows["label"] == ["Product a", shelf.NO_NAME]


def test_names_and_skus_are_text() -> None:
    line = shelf.line(level("007", 5), product("007", name=HOSTILE))
    rows = columns(product_table.frame([line], AT, UTC))
    assert rows["name"] == [HOSTILE.replace("\n", " ")]
    assert rows["sku"] == ["007"]
    assert rows["last_movement_at"] == [AT]


def test_text_is_escaped_in_html() -> None:
    fresh = style.freshness_line(Freshness(State.DOWN, HOSTILE))
    for html in (fresh, style.heading("Title", HOSTILE), style.unknown(HOSTILE)):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_a_command_in_a_notice_is_marked_as_code() -> None:
    assert "<code>make &lt;b&gt;</code>" in style.unknown("Run `make <b>`.")
