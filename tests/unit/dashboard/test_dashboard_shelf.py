"""Shelf lines: their order, and the search."""

from collections.abc import Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as some

from dashboard.model import shelf
from dashboard.model.shelf import Line
from dashboard.text import display_text
from schemas.generated import InventoryLevel, Product
from tests.support.store_records import level, product
from views.stock import Status


def lines(levels: Iterable[InventoryLevel], products: Mapping[str, Product]) -> tuple[Line, ...]:
    """Shelf lines of levels and products, without supply and demand."""
    return shelf.urgent_first(shelf.line(one, products.get(one.sku)) for one in levels)


def test_lines_are_sorted_by_urgency_then_sku() -> None:
    products = {sku: product(sku) for sku in ["ok", "low", "lower", "out", "out2", "neg", "neg2"]}
    products["half"] = product("half", reorder_point=100)
    levels = [
        level("unlisted", 5),
        level("ok", 11),
        level("low", 10),
        level("lower", 2),
        level("half", 50),
        level("out2", 0),
        level("out", 0),
        level("neg", -1),
        level("neg2", -2),
    ]
    order = [line.level.sku for line in lines(levels, products)]
    assert order == ["neg2", "neg", "out", "out2", "lower", "half", "low", "ok", "unlisted"]


def test_a_product_outside_the_catalogue_has_no_reorder_point_and_status_unknown() -> None:
    line = shelf.line(level("x", 5), None)
    assert (line.reorder_point, line.status, line.name) == (None, Status.UNKNOWN, shelf.NO_NAME)


def test_search_matches_every_word_in_name_or_sku_ignoring_case() -> None:
    products = {"007": product("007", name="Whole MILK, 1 l"), "8": product("8", name="Oat drink")}
    shelf_lines = lines([level("007", 5), level("8", 5)], products)

    def matches(words: str) -> list[str]:
        return [line.level.sku for line in shelf.matching(shelf_lines, words, None, ())]

    assert matches("milk whole") == ["007"]
    assert matches("07 milk") == ["007"]
    assert matches("milk oat") == []
    assert matches("  ") == ["007", "8"]
    assert matches(".*") == []


def test_category_and_statuses_narrow_the_search() -> None:
    products = {"a": product("a"), "b": product("b", category="B"), "c": product("c")}
    three = lines([level("a", 5), level("b", 5), level("c", 50)], products)
    assert [one.level.sku for one in shelf.matching(three, "", "A", ())] == ["a", "c"]
    assert [one.level.sku for one in shelf.matching(three, "", "A", [Status.LOW])] == ["a"]


def test_labels_are_plain_text_on_one_line() -> None:
    assert display_text.plain("a\nb\u202ec\u200b\td") == "a bc d"
    assert display_text.plain("\u200b \n") == "(blank)"
    assert display_text.plain("<b>$x$</b> *y*") == "<b>$x$</b> *y*"


@given(some.lists(some.tuples(some.sampled_from(["Milk", "milk", "<b>", "M" * 90]), some.uuids())))
def test_no_two_products_share_a_label(products: list[tuple[str, object]]) -> None:
    pairs = {(name, str(sku)) for name, sku in products}
    assert len(set(display_text.unique(pairs))) == len(pairs)
