"""A scanned code opens its product; one of several products, or of none, is a question."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from connect.settings import Settings
from dashboard.queries import shelf_search
from dashboard.queries.bookings import coded_products, products
from dashboard.queries.shelf_search import Search
from schemas.record import Record
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, product
from views.database.engine import open_database

UPC = ["012345678905", "0012345678905", "00012345678905"]
"""A UPC-A in all its lengths."""
RECORDS: list[Record] = [
    replace(product("milk", name="Milk"), barcodes="012345678905 4006381333931"),
    replace(product("tea", name="Tea"), barcodes="96385074 4006381333931 B-1"),
    product("96385074", name="Chewing gum"),
    product("036000291452", name="Rice"),
    *(level(sku, 5) for sku in ("milk", "tea", "96385074", "036000291452")),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, RECORDS)


def links(page: str) -> list[str]:
    """Return the SKUs that a page offers."""
    return [each.split('"')[0] for each in page.split("product?store=S1&amp;sku=")[1:]]


@pytest.mark.parametrize("code", [*UPC, " 012345678905 ", "b-1"])
def test_a_code_in_any_of_its_lengths_is_its_product(database: Settings, code: str) -> None:
    engine = open_database(database)
    write(engine, RECORDS, datetime.now(UTC))
    sku = "tea" if code == "b-1" else "milk"
    assert [one.sku for one in products(engine, "S1", code, 9)] == [sku]
    assert [one.sku for one in shelf_search.read(engine, Search("S1", code), 0, 9)] == [sku]
    engine.dispose()


def test_a_upc_without_its_zeros_is_its_product(database: Settings) -> None:
    engine = open_database(database)
    coded = replace(product("soup", name="Soup"), barcodes="042100005264")
    write(engine, [*RECORDS, coded, level("soup", 5)], datetime.now(UTC))
    assert [one.sku for one in products(engine, "S1", "04252614", 9)] == ["soup"]
    assert [one.sku for one in shelf_search.read(engine, Search("S1", "04252614"), 0, 9)] == [
        "soup"
    ]
    engine.dispose()


@pytest.mark.parametrize("page", ["product", "stock", "book"])
def test_an_unknown_code_of_a_scale_says_what_it_is(
    opened: OpenPage, engine: Engine, page: str
) -> None:
    code = "2812345012345"
    shown = html(opened(engine, page, store="S1", by="Ada", sku=code, find=code))
    assert "a code that a store or a scale prints, often with the weight or price in it" in shown
    known = "4006381333931" if page == "stock" else "4012345678901"
    assert "a scale prints" not in html(
        opened(engine, page, store="S1", by="Ada", sku=known, find=known)
    )


def test_words_and_a_code_are_searched_together(engine: Engine) -> None:
    for words, skus in (("tea 4006381333931", ["tea"]), ("4006381333931", ["milk", "tea"])):
        shelves = shelf_search.read(engine, Search("S1", words, sort="SKU"), 0, 9)
        assert [one.sku for one in shelves] == skus


def test_a_code_opens_its_product_with_all_its_codes(opened: OpenPage, engine: Engine) -> None:
    for code in UPC:
        page = html(opened(engine, "product", store="S1", sku=code))
        assert "Milk<small>SKU milk, barcodes 012345678905, 4006381333931</small>" in page
        assert "In every store" in page
        assert not links(page)


def test_of_two_products_with_a_code_none_is_opened(opened: OpenPage, engine: Engine) -> None:
    page = html(opened(engine, "product", store="S1", sku="4006381333931"))
    assert links(page) == ["milk", "tea"]
    assert "In every store" not in page


def test_a_sku_is_opened_and_the_product_with_it_as_a_barcode_is_named(
    opened: OpenPage, engine: Engine
) -> None:
    page = html(opened(engine, "product", store="S1", sku="96385074"))
    assert "Chewing gum<small>SKU 96385074</small>" in page
    assert "96385074 is also a barcode of" in page
    assert links(page) == ["tea"]


def test_a_sku_that_is_such_a_number_is_scanned_with_other_zeros(
    opened: OpenPage, engine: Engine
) -> None:
    page = html(opened(engine, "product", store="S1", sku="0036000291452"))
    assert "Rice<small>SKU 036000291452</small>" in page


@pytest.mark.parametrize(
    ("code", "is_wrong"), [("4006381333932", True), ("4006381333948", False), ("400638", False)]
)
def test_an_unknown_code_has_a_sentence_which_names_a_wrong_check_digit(
    opened: OpenPage, engine: Engine, code: str, is_wrong: bool
) -> None:
    of_product = html(opened(engine, "product", store="S1", sku=code))
    in_stock = html(opened(engine, "stock", store="S1", find=code))
    assert f"No store has had the product {code}." in of_product
    assert "No product of this store is as searched." in in_stock
    for page in (of_product, in_stock):
        assert ("its check digit is wrong: scan it again" in page) == is_wrong


def test_codes_are_a_column_of_stock_as_text(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, "stock", store="S1", sort="SKU", columns=["Barcodes"])
    table = app.dataframe[0].value
    codes = dict(zip(table["sku"], table["barcodes"], strict=True))
    assert codes["milk"] == "012345678905 4006381333931"
    assert codes["036000291452"] is None


def test_a_scan_is_looked_up_in_indexes(engine: Engine) -> None:
    executed: list[tuple[str, object]] = []

    def note(*arguments: object) -> None:
        executed.append((str(arguments[2]), arguments[3]))

    with engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", note)
        assert coded_products(engine, "S1", "0012345678905", 9)
        event.remove(engine, "before_cursor_execute", note)
        ((statement, parameters),) = [each for each in executed if "products" in each[0]]
        explain = f"explain query plan {statement}"
        plan = connection.exec_driver_sql(explain, parameters)  # type: ignore[arg-type]
        lines = [str(row[3]) for row in plan]
    assert [line for line in lines if line.startswith("SCAN")] == ["SCAN codes"]
    assert sum(line.startswith("SEARCH") for line in lines) == 5
