"""Data of the charts, and the HTML around them."""

from dashboard.model.unlisted import NO_NAME
from dashboard.queries.shelf_search import Search, read
from dashboard.queries.store_sales import Seller
from dashboard.web import sales_bars, shelf_bars, style
from dashboard.web.palette import DARK, LIGHT
from tests.support.filled_database import filled_database
from tests.support.page_test import columns
from tests.support.store_records import AT, HOSTILE, level, product
from views.stock import Status


def test_the_stock_chart_has_a_row_for_each_shelf_in_its_order() -> None:
    products = [product("a", 10, "Milk"), product("b", 4, "Milk")]
    levels = [level("a", 25), level("b", -1200), level("c", 7)]
    shelves = read(filled_database([*products, *levels], AT), Search("S1", sort="SKU"), 0, 9)
    rows = columns(shelf_bars.bars(shelves))
    assert rows["label"] == ["Milk · a", "Milk · b", NO_NAME]
    assert rows["rank"] == [0, 1, 2]
    assert rows["on_hand"] == [25, -1200, 7]
    assert rows["reorder"] == [10, 4, None]
    assert rows["words"] == ["25", "\u22121,200", "7"]
    assert rows["status"] == ["ok", "negative", "unknown"]


def test_every_layer_of_the_stock_chart_keeps_the_order_of_the_rows() -> None:
    layers = shelf_bars.spec(LIGHT)["layer"]
    assert all(layer["encoding"]["y"]["sort"]["field"] == "rank" for layer in layers)
    assert [layer["mark"]["type"] for layer in layers] == ["bar", "bar", "text", "text", "point"]
    assert layers[-1]["mark"]["shape"] == "diamond"
    assert layers[-1]["encoding"]["x"]["field"] == "reorder"


def test_every_status_has_its_own_colour_and_is_in_the_legend() -> None:
    for colours in (LIGHT, DARK):
        assert len({colours.marks[status] for status in Status}) == len(Status)
    assert all(f"{status}</span>" in style.legend() for status in Status)
    assert "reorder point" in style.legend()


def test_an_empty_chart_is_a_table_without_rows() -> None:
    assert shelf_bars.bars([]).num_rows == 0
    assert sales_bars.sellers([]).num_rows == 0


def test_a_seller_without_a_level_has_unknown_stock_not_zero() -> None:
    best = [Seller("a", "Milk", None, 5, 0), Seller("b", None, None, 2, None)]
    rows = columns(sales_bars.sellers(best))
    assert rows["words"] == ["5 sold, 0 left", "2 sold, unknown left"]
    assert rows["label"] == ["Milk", NO_NAME]


def test_text_is_escaped_in_html() -> None:
    for html in (style.heading("Title", HOSTILE), style.unknown(HOSTILE)):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_a_command_in_a_notice_is_marked_as_code() -> None:
    assert "<code>make &lt;b&gt;</code>" in style.unknown("Run `make <b>`.")
