"""The page Stock, and the frame around it, without a browser."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import streamlit as st
from sqlalchemy import Engine, delete

from dashboard.queries import shelf_search as query
from dashboard.queries.shelf_search import NO_CATEGORY, SORTS, Search
from dashboard.text.table_file import FORMATS
from dashboard.web import shelf_table
from schemas.generated import Store
from schemas.record import Record
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html
from tests.support.store_records import HOSTILE, level, order, product
from views.database.engine import writing
from views.database.shelves import SHELVES

RECORDS: list[Record] = [
    product("007", 10, "Milk", "Dairy"),
    product("008", 10, "Bread", "Bakery"),
    product("010", 10, "Äpfel", "Fruit"),
    level("007", 4),
    level("008", 0),
    level("009", -1),
    level("010", 500),
    level("008", 50, store="S2"),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, RECORDS)


def skus(engine: Engine, **search: object) -> list[str]:
    shelves = query.read(engine, Search("S1", **search), 0, 100)  # type: ignore[arg-type]
    return [one.sku for one in shelves]


def test_the_stock_of_the_store_in_the_address_is_shown_most_urgent_first(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, "stock", store="S1")
    table = app.dataframe[0].value
    assert list(table["sku"]) == ["009", "008", "007", "010"]
    assert list(table["on_hand"]) == ["\u22121", "0", "4", "500"]
    assert len(app.get("vega_lite_chart")) == 1
    for counted in ("negative 1", "out 1", "low 1", "over 1"):
        assert f"</i>{counted}</span>" in html(app)


def test_the_order_by_need_is_explained_where_it_differs_from_the_states(
    opened: OpenPage, tmp_path: Path
) -> None:
    late = order("late", 7, datetime.now(UTC) - timedelta(days=1), sku="011")
    records = [*RECORDS, product("011", 10, "Tea"), level("011", 15), late]
    app = opened(filled(tmp_path, records), "stock", store="S1", columns=["Need"])
    table = app.dataframe[0].value
    rows = [(sku, *state) for sku, state in zip(table["sku"], table["status"], strict=True)]
    assert rows[2:4] == [("011", "ok"), ("007", "low")]
    assert list(table["need"])[2:4] == ["Late delivery", None]
    assert "In the order of Today." in app.caption[0].value
    app.selectbox(key="sort").set_value("name").run()
    assert not app.caption


def test_the_address_alone_brings_the_same_view(opened: OpenPage, engine: Engine) -> None:
    choices: dict[str, str | list[str]] = {
        "find": "0",
        "status": ["out", "low"],
        "sort": "name",
        "columns": ["Reorder point"],
    }
    table = opened(engine, "stock", store="S1", **choices).dataframe[0].value
    assert list(table["name"]) == ["Bread", "Milk"]
    assert list(table["reorder_point"]) == [10, 10]


def test_impossible_choices_in_the_address_are_ignored(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, "stock", store="S1", sort="sideways", page="99", status="blue")
    assert len(app.dataframe[0].value) == 4


@pytest.mark.parametrize(
    ("words", "shelves"),
    [("milk", ["007"]), ("00 BREAD", ["008"]), ("äpfel", ["010"]), ("ÄPFEL", ["010"])],
)
def test_a_product_is_found_by_name_and_sku_in_any_case(
    engine: Engine, words: str, shelves: list[str]
) -> None:
    assert skus(engine, words=words) == shelves


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "milk bread"])
def test_signs_of_the_database_are_searched_for_as_they_are(engine: Engine, words: str) -> None:
    assert skus(engine, words=words) == []


def test_an_empty_store_is_not_called_an_empty_search(opened: OpenPage, tmp_path: Path) -> None:
    engine = filled(tmp_path, [Store(store_id="S9", name="New", time_zone="UTC")])
    page = html(opened(engine, "stock", store="S9", sort="name"))
    assert "This store has had no product yet." in page
    assert "as searched" not in page
    assert "as searched" in html(opened(engine, "stock", store="S9", find="milk"))


def test_products_outside_the_catalogue_can_be_searched_for(engine: Engine) -> None:
    assert skus(engine, category=NO_CATEGORY) == ["009"]
    assert skus(engine, category="Dairy") == ["007"]


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_has_each_shelf_once_over_all_pages(engine: Engine, sort: str) -> None:
    search = Search("S1", sort=sort)
    pages = [query.read(engine, search, first, 1) for first in range(5)]
    assert sorted(one.sku for page in pages for one in page) == ["007", "008", "009", "010"]


def test_pages_follow_each_other(opened: OpenPage, tmp_path: Path) -> None:
    records = [level(f"{number:03}", 5) for number in range(60)]
    engine = filled(tmp_path, records)
    numbers: list[str] = []
    for page in ("1", "2", "3"):
        app = opened(engine, "stock", store="S1", sort="SKU", page=page)
        numbers += list(app.dataframe[0].value["sku"])
    assert numbers == [f"{number:03}" for number in range(60)]
    assert app.number_input(key="page").max == 3


def test_a_page_that_has_become_empty_leads_to_the_last_one(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = filled(tmp_path, [level(f"{n:02}", 0) for n in range(26)])
    app = opened(engine, "stock", store="S1", status="out", page="2")
    assert app.dataframe[0].value["sku"].tolist() == ["25"]
    count, counted = query.count, list[Any]()

    def count_and_receive(*args: Any) -> Any:
        counts = count(*args)
        if not counted:  # after the fields are drawn, and before the table
            counted.append(counts)
            with writing(engine) as connection:
                connection.execute(delete(SHELVES).where(SHELVES.c.sku == "25"))
        return counts

    monkeypatch.setattr(query, "count", count_and_receive)
    app.run()
    assert len(app.dataframe[0].value) == 25
    assert "as searched" not in html(app)


def test_names_are_shown_letter_by_letter(opened: OpenPage, tmp_path: Path) -> None:
    hostile: list[Record] = [level("<i>1", 4, store="<b>S"), product("<i>1", 10, HOSTILE, "<u>$c$")]
    app = opened(filled(tmp_path, hostile), "stock", store="<b>S")
    for tag in ("<script", "<b>S", "<i>1", "<u>"):
        assert tag not in html(app)
    assert not app.markdown
    assert list(app.dataframe[0].value["name"]) == [HOSTILE.replace("\n", " ")]


def test_due_dates_that_have_passed_are_marked(opened: OpenPage, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    engine = filled(
        tmp_path,
        [*RECORDS, order("late", 7, now - timedelta(days=1), sku="007")],
    )
    table = opened(engine, "stock", store="S1").dataframe[0].value
    due = dict(zip(table["sku"], table["due"], strict=True))
    assert due["007"].endswith(", overdue")
    assert due["008"] == "\u2013"


@pytest.mark.parametrize("sort", ["name", "most on hand"])
def test_a_file_has_the_rows_columns_order_filters_and_zone_of_the_screen(
    opened: OpenPage, engine: Engine, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    files: dict[str, bytes] = {}

    def click(label: str, content: Callable[[], bytes], *, file_name: str, **more: object) -> None:
        del label, more
        files[file_name[-4:]] = content()

    monkeypatch.setattr(st, "download_button", click)
    choices = {"sort": sort, "find": "0", "status": ["over", "low"], "columns": ["Reorder point"]}
    screen = opened(engine, "stock", store="S1", **choices).dataframe[0].value
    (page,) = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).worksheets
    heading, *rows = [list(row) for row in page.iter_rows(values_only=True)]
    assert heading[:4] == ["Product", "On hand", "State", "SKU"]
    assert heading[6] == "Due (UTC)"
    assert heading[-1] == "Reorder point"
    assert len(heading) == len(screen.columns)
    assert [(row[3], row[1]) for row in rows] == [
        *zip(screen["sku"], screen["on_hand"], strict=True)
    ]
    assert len(rows) == 2
    as_text = [["" if cell is None else str(cell) for cell in row] for row in (heading, *rows)]
    assert [*csv.reader(io.StringIO(files[".csv"].decode("utf-8-sig")))] == as_text


def test_no_text_of_the_file_is_run_as_a_formula(tmp_path: Path) -> None:
    engine = filled(tmp_path, [level("=1", -7), product("=1", name="@SUM(1)", category="+c")])
    shelves = query.read(engine, Search("S1"), 0, 1)
    table = shelf_table.sheet(shelves, [*shelf_table.COLUMNS], datetime.now(UTC), UTC)
    written = FORMATS["csv"].write(table)
    (_, row) = csv.reader(io.StringIO(written.decode("utf-8-sig")))
    assert (row[0], row[3], row[1]) == ("'@SUM(1)", "'=1", "-7")
    assert "'+c" in row


def test_a_row_opens_its_product_though_it_has_moved_since_it_was_drawn(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[int] = []

    def table(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(selection=SimpleNamespace(rows=list(rows)))

    monkeypatch.setattr(st, "dataframe", table)
    engine = filled(tmp_path, [level("a", 1), level("b", 2)])
    app = opened(engine, "stock", store="S1", sort="least on hand")
    write(engine, [level("c", 0)])
    rows.append(0)
    app.run()
    assert "product?store=S1&sku=a" in html(app)
    write(engine, [level("d", -1)])  # before the browser has gone there
    app.run()
    assert "product?store=S1&sku=a" in html(app)
    rows[:] = [1]
    app.run()
    assert "product?store=S1&sku=c" in html(app)


def test_a_change_is_shown_by_the_next_run(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, "stock", store="S2")
    write(engine, [product("new", 1, "New"), level("new", 0, store="S2")])
    app.run()
    assert list(app.dataframe[0].value["sku"]) == ["new", "008"]
