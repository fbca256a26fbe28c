"""The page Product without a browser: its figures, every store, and why its level is what it is."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schemas.generated import LedgerEntry, Store
from schemas.record import Record
from tests.support.filled_database import refresh_all
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html
from tests.support.store_records import HOSTILE, entry, level, order, product, sales

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NOW = datetime.now(UTC).replace(microsecond=0)


def moved(
    event_id: str, kind: str, units: int, hours_ago: float, recorded_hours_ago: float | None = None
) -> LedgerEntry:
    recorded = hours_ago if recorded_hours_ago is None else recorded_hours_ago
    return entry(
        event_id,
        kind,
        units,
        NOW - timedelta(hours=hours_ago),
        "milk",
        recorded_at=NOW - timedelta(hours=recorded),
        reference=f"receipt {event_id}",
    )


RECORDS: list[Record] = [
    product("milk", 10, "Milk"),
    level("milk", 7, last_movement_at=NOW),
    level("milk", 30, store="S2", last_movement_at=NOW),
    order("o", 24, NOW + timedelta(hours=5), sku="milk"),
    sales(NOW.date(), 3, "milk"),
    sales(NOW.date() - timedelta(days=2), 5, "milk"),
    moved("a", "shipment", 20, 47),
    moved("b", "count", 9, 30),
    moved("late", "sale", -4, 31, 2),
    moved("c", "sale", -3, 20),
    moved("d", "return", 1, 10),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return of(tmp_path, RECORDS)


def of(folder: Path, records: list[Record]) -> Engine:
    database = filled(folder, records)
    refresh_all(database, datetime.now(UTC))
    return database


def book(page: str) -> list[list[str]]:
    """Return the cells of each line of the book, without its time."""
    table = page.split('<table class="inv-book">')[1]
    lines = re.findall(r"<tr[^>]*>(<td.*?)</tr>", table)
    return [re.findall(r"<td[^>]*>(.*?)</td>", line)[1:] for line in lines]


def test_references_have_the_words_of_a_shop(tmp_path: Path, opened: OpenPage) -> None:
    by_hand = f"booking-{'0' * 32}"
    records: list[Record] = [
        level("milk", 7),
        *(
            entry(name, kind, 1, NOW - timedelta(hours=number), "milk", reference=reference)
            for number, (name, kind, reference) in enumerate(
                [
                    ("a", "sale", "4711"),
                    ("b", "return", "receipt:4712"),
                    ("c", "shipment", "order:PO-7"),
                    ("d", "transfer_in", "transfer:<b>9"),
                    ("e", "transfer_out", by_hand),
                    (by_hand, "shipment", None),
                ]
            )
        ),
    ]
    page = html(opened(of(tmp_path, records), "product", store="S1", sku="milk"))
    assert [line[-1] for line in book(page)] == [
        "receipt 4711",
        "receipt 4712",
        "order PO-7",
        "transfer &lt;b&gt;9",
        "transfer booked by hand, 0000",
        "booked by hand",
    ]


def test_figures_in_this_and_in_every_store(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "product", store="S1", sku="milk")
    assert {one.label: one.value for one in app.metric} == {
        "On hand": "7",
        "Lasts": "3 days",
        "On order": "24",
        "Sold today": "3",
    }
    stores = app.dataframe[0].value
    assert list(zip(stores["store"], stores["on_hand"], strict=True)) == [("S1", 7), ("S2", 30)]
    assert "8 sold, returns deducted; days of UTC" in html(app)
    assert "37 in 2 stores" in html(app)


def test_times_of_deliveries_name_their_zone(engine: Engine, opened: OpenPage) -> None:
    write(engine, [Store(store_id="S1", name="Mitte", time_zone="Europe/Berlin")])
    app = opened(engine, "product", store="S1", sku="milk")
    (on_order,) = (one.proto.help for one in app.metric if one.label == "On order")
    assert on_order.startswith("24 due ")
    assert on_order.endswith(" (times: Europe/Berlin)")
    assert '"label": "Coming (Europe/Berlin)"' in app.dataframe[0].proto.columns
    write(engine, [level("eggs", 0), order("p", 5, NOW + timedelta(hours=5), sku="eggs")])
    refresh_all(engine, NOW)
    assert "; times: Europe/Berlin</small>" in html(opened(engine, "today", store="S1"))


def test_one_of_a_product_is_no_plural(tmp_path: Path, opened: OpenPage) -> None:
    database = of(tmp_path, [level("milk", 1), sales(NOW.date(), 1, "milk")])
    page = html(opened(database, "product", store="S1", sku="milk"))
    assert "1 sold, returns deducted; days of UTC" in page
    assert "1 in 1 store<" in page


@pytest.mark.parametrize(("units", "words"), [(0, "none left"), (-3, "\u2013")])
def test_what_is_out_does_not_last(
    tmp_path: Path, opened: OpenPage, units: int, words: str
) -> None:
    days = [sales(NOW.date() - timedelta(days=back), 9, "milk") for back in range(9)]
    database = of(tmp_path, [level("milk", units, last_movement_at=NOW), *days])
    app = opened(database, "product", store="S1", sku="milk")
    assert {one.label: one.value for one in app.metric}["Lasts"] == words
    assert list(app.dataframe[0].value["lasts"]) == [words]
    assert list(opened(database, "stock", store="S1").dataframe[0].value["lasts"]) == [words]


def test_what_to_order_is_explained(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "product", store="S1", sku="milk")
    assert [one.label for one in app.expander] == ["How long it lasts, and what to order"]
    for line in (
        "<td>on hand and on its way</td><td>31</td>",
        "<td>suggested order</td><td>0</td>",
        "<td>days it lasts</td><td>",
    ):
        assert line in html(app)


def test_the_lines_of_why_add_up_to_the_level_as_shown(engine: Engine, opened: OpenPage) -> None:
    page = html(opened(engine, "product", store="S1", sku="milk"))
    assert "Why 7?" in page
    assert "9 counted + 1 in \u2212 3 out = 7" in page
    lines = book(page)
    assert [line[:3] for line in lines] == [
        ["returned by a customer", "+1", "7"],
        ["sold", "\u22123", "6"],
        ["counted", "= 9", "9"],
        ["sold", "\u22124", "16"],
        ["delivered", "+20", "20"],
    ]
    assert "came late" in lines[3][3]
    assert "covered by the count of" in lines[3][3]
    assert "receipt late" in lines[3][3]


def test_a_movement_whose_time_is_still_to_come_is_marked_as_of_a_clock_that_is_ahead(
    tmp_path: Path, opened: OpenPage
) -> None:
    moves = [moved("a", "count", 9, 1), moved("b", "sale", -1, -4), moved("c", "sale", -1, -0.01)]
    page = html(opened(of(tmp_path, [level("milk", 7), *moves]), "product", store="S1", sku="milk"))
    marked = [line[3] for line in book(page) if "still to come" in line[3]]
    assert marked == ["receipt b; its time is still to come: the clock of its till is ahead"]


def test_a_product_that_was_never_counted_is_explained_in_words(
    tmp_path: Path, opened: OpenPage
) -> None:
    moves = [moved("a", "shipment", 30, 50), moved("b", "sale", -24, 20)]
    page = html(opened(of(tmp_path, [level("milk", 6), *moves]), "product", store="S1", sku="milk"))
    assert "Why 6?<small>it was never counted; 30 came in and 24 went out</small>" in page


def test_a_count_of_none_that_is_no_longer_listed_is_not_denied(
    tmp_path: Path, opened: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.web.pages.product_page.LINES", 1)
    moves = [moved("a", "count", 0, 50), moved("b", "shipment", 6, 20)]
    page = html(opened(of(tmp_path, [level("milk", 6), *moves]), "product", store="S1", sku="milk"))
    assert "never counted" not in page
    assert "0 before the lines shown + 6 in \u2212 0 out = 6" in page


def test_a_past_moment_has_its_own_sum(engine: Engine, opened: OpenPage) -> None:
    app = opened(engine, "product", store="S1", sku="milk")
    app.datetime_input[0].set_value((NOW - timedelta(hours=15)).replace(tzinfo=None)).run()
    assert "Why 6 at " in html(app)
    assert book(html(app))[0][:3] == ["sold", "\u22123", "6"]


def test_movements_that_are_still_on_their_way_are_named(tmp_path: Path, opened: OpenPage) -> None:
    database = of(tmp_path, [level("milk", 5), moved("a", "count", 6, 1)])
    page = html(opened(database, "product", store="S1", sku="milk"))
    assert "Why 6?" in page
    assert "On hand is 5: the movements that lead to it are still on their way." in page


def test_unknown_choices_have_a_sentence(engine: Engine, opened: OpenPage) -> None:
    assert "Choose a product" in html(opened(engine, "product", store="S1"))
    unknown = html(opened(engine, "product", store="S1", sku="<b>x"))
    assert "No store has had the product &lt;b&gt;x." in unknown
    assert '<a href="stock?store=S1" target="_self">the stock of S1</a>' in unknown
    assert "No movement yet." in html(opened(engine, "product", store="S2", sku="milk"))


def test_the_page_of_an_unknown_product_ends_with_the_sentence_until_it_is_there(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, [level("milk", 1)])
    app = opened(engine, "product", store="S1", sku="x")
    assert "No store has had the product x." in html(app)
    assert "Why" not in html(app)
    assert not app.get("date_time_input")
    write(engine, [level("x", 5)])
    app.run()
    assert "No movement yet." in html(app)
    assert app.get("date_time_input")


MILKS: list[Record] = [
    product("007", name="Milk"),
    product("008", name="Milk, 2 litres"),
    product("a", name="Eggs"),
    level("007", 9),
    level("a", 4),
    level("a", 7, store="S2"),
]


@pytest.mark.parametrize("store", ["S1", None])
def test_a_product_is_opened_by_words_of_its_name(
    tmp_path: Path, opened: OpenPage, store: str | None
) -> None:
    choices = {"store": store} if store else {}
    app = opened(of(tmp_path, MILKS), "product", sku="eGGs", **choices)
    assert "Eggs<small>SKU a</small>" in html(app)
    assert list(app.dataframe[0].value["on_hand"]) == [4, 7]
    assert ("Why" in html(app)) == (store is not None)


def test_of_several_products_with_the_words_one_is_chosen(tmp_path: Path, opened: OpenPage) -> None:
    page = html(opened(of(tmp_path, MILKS), "product", store="S1", sku="milk"))
    for link, name in (("007", "Milk · 007 · 9 on hand"), ("008", "Milk, 2 litres · 008")):
        address = f"product?store=S1&amp;sku={link}"
        assert f'<a href="{address}" target="_self">{name}</a>' in page
    assert "Eggs" not in page
    assert "Why" not in page


def test_more_products_with_the_words_than_are_listed_are_in_stock(
    tmp_path: Path, opened: OpenPage
) -> None:
    many: list[Record] = [product(f"{number:03}", name="Tea & milk") for number in range(30)]
    database = of(tmp_path, [*many, level("000", 1)])
    page = html(opened(database, "product", store="S1", sku="tea & m"))
    assert page.count('<a href="product?') == 20
    assert '<a href="stock?store=S1&amp;find=tea+%26+m" target="_self">' in page


def test_a_code_comes_before_products_whose_name_has_it(tmp_path: Path, opened: OpenPage) -> None:
    records: list[Record] = [
        level("7", 3),
        product("007"),
        product("x", name="7 up"),
        level("x", 1),
    ]
    for store in ("S1", "S2"):
        page = html(opened(of(tmp_path / store, records), "product", store=store, sku=" 7"))
        assert "SKU 7<" in page


def test_hostile_names_are_shown_letter_by_letter(tmp_path: Path, opened: OpenPage) -> None:
    other = product("y x", 1, HOSTILE)
    database = of(tmp_path, [product("x", 1, HOSTILE), level("x", 1), other])
    for words in ("x", "script"):
        page = html(opened(database, "product", store="S1", sku=words))
        assert "<script" not in page
        assert "<img" not in page
