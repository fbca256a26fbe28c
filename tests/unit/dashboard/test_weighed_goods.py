"""Goods that are weighed: every page says kilograms, and every file has grams with their unit."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.queries import exported_levels
from dashboard.queries.needs import store_states
from dashboard.queries.shelf_search import Search, read
from dashboard.text import spreadsheet
from dashboard.text.quarantine_example import example_sentences
from dashboard.text.table_file import csv_bytes
from dashboard.web import shelf_bars, shelf_table
from schemas.generated import QuarantinedRecord
from schemas.record import Record
from tests.support.filled_database import refresh_all
from tests.support.page_database import filled
from tests.support.page_test import OpenPage, charts, html
from tests.support.store_records import entry, level, order, product, sales, sold, transfer
from views.need_words import reason

NOW = datetime.now(UTC).replace(microsecond=0)


RECORDS: list[Record] = [
    product("cheese", 2000, "Cheese", unit="g"),
    product("milk", 10, "Milk"),
    level("cheese", 1204, last_movement_at=NOW),
    level("milk", 12, last_movement_at=NOW),
    order("o", 24_500, NOW + timedelta(hours=5), sku="cheese"),
    transfer("t", 3, sku="milk"),
    sales(NOW.date(), 1350, "cheese"),
    sales(NOW.date(), 2, "milk"),
    entry("a", "count", 2554, NOW - timedelta(hours=3), "cheese"),
    entry("b", "sale", -1350, NOW - timedelta(hours=2), "cheese"),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    database = filled(tmp_path, RECORDS)
    refresh_all(database, datetime.now(UTC))
    return database


def test_today_words_the_need_in_kilograms(engine: Engine) -> None:
    cheese = next(one for one in read(engine, Search("S1"), 0, 9) if one.sku == "cheese")
    words = reason(cheese, NOW, UTC)
    assert "1.204 kg left" in words
    assert "24.500 kg due" in words


def test_stock_shows_kilograms_beside_pieces(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "stock", store="S1", sort="SKU", columns=["Sold per day"])
    table = app.dataframe[0].value
    assert list(table["on_hand"]) == ["1.204 kg", "12"]
    assert list(table["on_order"]) == ["24.500 kg", "0"]
    assert list(table["sold_today"]) == ["1.350 kg", "2"]
    (columns,) = [json.loads(each.proto.columns) for each in app.dataframe]
    assert columns["on_hand"]["alignment"] == "right"


def test_a_bar_of_a_kilogram_is_as_long_as_that_of_a_piece(engine: Engine) -> None:
    bars = shelf_bars.bars(read(engine, Search("S1", sort="SKU"), 0, 9))
    assert bars["on_hand"].to_pylist() == [1.204, 12]
    assert bars["words"].to_pylist() == ["1.204 kg", "12"]
    assert bars["reorder_words"].to_pylist() == ["2.000 kg", "10"]


def test_stock_is_sorted_by_kilograms_and_pieces(engine: Engine) -> None:
    skus = [one.sku for one in read(engine, Search("S1", sort="most on hand"), 0, 9)]
    assert skus == ["milk", "cheese"]


def test_a_file_of_the_stock_has_grams_and_their_unit(engine: Engine) -> None:
    shelves = read(engine, Search("S1", sort="SKU"), 0, 9)
    table = shelf_table.sheet(shelves, shelf_table.USUAL, NOW, UTC)
    rows = [*csv.DictReader(io.StringIO(csv_bytes(table).decode("utf-8-sig")))]
    assert [(row["On hand"], row["Unit"]) for row in rows] == [("1204", "g"), ("12", "each")]


def test_the_export_has_grams_and_their_unit(engine: Engine) -> None:
    file = io.StringIO()
    spreadsheet.write(exported_levels.levels(engine), file)
    rows = [*csv.DictReader(io.StringIO(file.getvalue()))]
    assert [(row["on_hand"], row["reorder_point"], row["unit"]) for row in rows] == [
        ("1204", "2000", "g"),
        ("12", "10", "each"),
    ]


def test_product_and_why_add_up_in_kilograms(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "product", store="S1", sku="cheese")
    figures = {one.label: one.value for one in app.metric}
    assert figures["On hand"] == "1.204 kg"
    assert figures["On order"] == "24.500 kg"
    assert figures["Sold today"] == "1.350 kg"
    page = html(app)
    assert "Why 1.204 kg?" in page
    assert "2.554 kg counted + 0.000 kg in \u2212 1.350 kg out = 1.204 kg" in page
    assert "<td class='number'>\u22121.350 kg</td>" in page
    assert "<td>suggested order</td><td>0.000 kg</td>" in page
    assert "1.204 kg in 1 store<" in page
    assert "1.350 kg sold, returns deducted" in page
    assert list(app.dataframe[0].value["on_hand"]) == ["1.204 kg"]


def test_deliveries_show_kilograms(engine: Engine, opened: OpenPage) -> None:
    orders, transfers = (one.value for one in opened(engine, "deliveries", store="S1").dataframe)
    assert list(orders["remaining"]) == ["24.500 kg"]
    assert list(transfers["in_transit"]) == [3]


def test_sales_add_a_kilogram_to_a_piece(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "sales", store="S1", day=str(NOW.date()))
    best, days = charts(app)[-2:]
    assert dict(zip(best["sku"], best["words"], strict=True)) == {
        "milk": "2 sold, 12 left",
        "cheese": "1.350 kg sold, 1.204 kg left",
    }
    assert best["units"] == [2, 1.35]
    assert days["sold"][-1] == pytest.approx(3.35)


def test_a_part_of_a_kilogram_in_the_last_hour_is_not_zero(
    tmp_path: Path, opened: OpenPage
) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    sale = replace(sold(0, 400, "cheese"), minute_start=minute)
    back = entry("r", "return", 150, minute, "cheese")
    records: list[Record] = [product("cheese", unit="g"), level("cheese", 1204), sale, back]
    app = opened(filled(tmp_path, records), "sales", store="S1")
    assert [one.value for one in app.metric] == ["0.55", "0.15", "0.4"]
    chart = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    formats = {
        tip["title"]: tip.get("format")
        for layer in chart["layer"]
        for tip in layer["encoding"]["tooltip"]
    }
    assert formats["Units sold"] == formats["Units brought back"] == ",.3~f"


@pytest.mark.parametrize(
    ("unit", "shown"), [("g", ["0.4", "0"]), (None, [400, 0])], ids=["weighed", "pieces"]
)
def test_a_part_of_a_kilogram_is_not_zero_beside_other_stores(
    tmp_path: Path, opened: OpenPage, unit: str | None, shown: list[object]
) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    records: list[Record] = [
        product("cheese", unit=unit),
        level("cheese", 1204),
        level("cheese", 1204, store="S2"),
        replace(sold(0, 400, "cheese"), minute_start=minute),
    ]
    table = opened(filled(tmp_path, records), "today").dataframe[0].value
    assert list(table.sort_values("store")["sold"]) == shown


def test_a_table_writes_a_negative_amount_as_sentences_do_and_a_file_as_a_number(
    tmp_path: Path, opened: OpenPage
) -> None:
    engine = filled(tmp_path, [product("a"), level("a", -4), product("b"), level("b", 1200)])
    table = opened(engine, "stock", store="S1", sort="SKU").dataframe[0].value
    assert list(table["on_hand"]) == ["\u22124", "1,200"]
    sheet = shelf_table.sheet(read(engine, Search("S1"), 0, 9), ["sku", "on_hand"], NOW, UTC)
    assert csv_bytes(sheet).decode("utf-8-sig").splitlines()[1:] == ['"a",-4', '"b",1200']


def test_weeks_of_supply_are_not_those_of_grams(tmp_path: Path) -> None:
    days = [NOW.date() - timedelta(days=back) for back in range(1, 31)]
    records: list[Record] = [
        *RECORDS[:2],
        level("cheese", 7000, last_movement_at=NOW),
        level("milk", 70, last_movement_at=NOW),
        *(sales(day, 1000, "cheese") for day in days),
        *(sales(day, 2, "milk") for day in days),
    ]
    engine = filled(tmp_path, records)
    refresh_all(engine, datetime.now(UTC))
    (state,) = store_states(engine)
    # 77 kilograms and pieces; 3 a day.
    assert state.weeks_of_supply == pytest.approx(77 / 21)


def test_a_refused_message_says_kilograms() -> None:
    record = QuarantinedRecord(
        source_topic="transactions",
        source_partition=0,
        source_offset=7,
        reason="contract",
        sentence="line_no: expected 1 or more",
        quarantined_at=NOW,
        complete=True,
    )
    sentences = example_sentences(record, {"sku": "cheese", "quantity": 1350}, UTC, "g")
    assert "It says: sku cheese, quantity 1.350 kg." in sentences
