"""The page Today without a browser: its rows, their reasons, and what a person has hidden."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from connect.settings import Settings
from dashboard.queries.needs import hide, needs, steady, store_states, unhide
from schemas.generated import OpenOrder, OpenTransfer, Store
from schemas.record import Record
from tests.support.filled_database import filled_database, refresh_all
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, order, product, sales, sold, transfer
from views.database.acknowledgements import has_ended
from views.database.engine import open_database
from views.database.shelves import SHELVES, as_shelf
from views.need_words import reason
from views.shelf_figures import Shelf
from views.urgency import Need

NOW = datetime(2026, 5, 1, 14, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Zurich")
RECORDS: list[Record] = [
    product("milk", 10, "Milk"),
    product("bread", 10, "Bread"),
    product("salt", 10, "Salt"),
    level("milk", 0),
    level("bread", -2),
    level("salt", 20),
    level("salt", -1, store="S2"),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    database = filled(tmp_path, RECORDS)
    refresh_all(database, datetime.now(UTC))
    return database


def rows(app: AppTest) -> list[dict[str, str]]:
    """Return the rows of the list as the browser receives them."""
    lists = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return [row for each in lists for row in each.get("rows", [])]


def listed(engine: Engine, store: str = "S1", now: datetime = NOW) -> list[str]:
    return [shelf.sku for shelf in needs(engine, store, now, 20).shelves]


def only(*records: Record, unknown: Sequence[type[Record]] = ()) -> Shelf:
    """Return the first shelf of a database of some records."""
    with filled_database(records, NOW, unknown=unknown).connect() as connection:
        return as_shelf(connection.execute(select(SHELVES).limit(1)).one())


def test_the_most_urgent_is_first_with_its_reason_and_a_link(
    engine: Engine, opened: OpenPage
) -> None:
    first, second = rows(opened(engine, "today", store="S1"))
    assert first == {
        "sku": "bread",
        "need": "stock error",
        "sign": "!",
        "word": "Stock error",
        "name": "Bread · bread",
        "reason": "\u22122 on hand by the books: more was sold than received, count it",
        "address": "product?store=S1&sku=bread",
    }
    assert (second["sku"], second["reason"]) == ("milk", "nothing left, nothing on order")


def test_a_store_without_needs_says_so(engine: Engine, opened: OpenPage) -> None:
    with engine.begin() as connection:
        connection.execute(SHELVES.delete())
    assert "Nothing needs you now." in html(opened(engine, "today", store="S1"))


def test_hidden_rows_are_counted_and_come_back(engine: Engine, opened: OpenPage) -> None:
    now = datetime.now(UTC)
    hide(engine, needs(engine, "S1", now, 1).shelves[0], now, None)
    app = opened(engine, "today", store="S1")
    assert [row["sku"] for row in rows(app)] == ["milk"]
    heading = html(app).partition("Needs you now")[2].partition("</h2>")[0]
    assert "empty 1" in heading
    assert "stock error" not in heading
    app.button(key="unhide").click().run()
    assert listed(engine, now=now) == ["bread", "milk"]


def test_without_a_store_all_stores_stand_beside_each_other(
    engine: Engine, opened: OpenPage
) -> None:
    table = opened(engine, "today").dataframe[0].value
    assert list(table["store"]) == ["S1", "S2"]
    assert list(table["open"]) == [2, 1]
    assert list(table["errors"]) == [1, 1]
    assert list(table["empty"]) == [1, 0]


def test_of_all_stores_each_names_the_product_that_needs_somebody_first(
    opened: OpenPage, tmp_path: Path
) -> None:
    database = filled(tmp_path, [*RECORDS, level("tea", 5, store="S3")])
    refresh_all(database, datetime.now(UTC))
    table = opened(database, "today").dataframe[0].value
    assert dict(zip(table["store"], table["urgent"], strict=True)) == {
        "S1": "Stock error: Bread · bread",
        "S2": "Stock error: Salt · salt",
        "S3": None,
    }


def test_a_store_without_a_movement_stands_below_the_others(
    opened: OpenPage, tmp_path: Path
) -> None:
    new = Store(store_id="A0", name="New", time_zone="Europe/Berlin", opening_hours=None)
    ordered = replace(order("o", 5), store_id="S9")
    table = opened(filled(tmp_path, [*RECORDS, new, ordered]), "today").dataframe[0].value
    assert list(table["store"]) == ["S1", "S2", "New (A0)", "S9"]
    assert list(table["products"]) == [3, 1, 0, 0]
    assert list(table["moved"])[2:] == [None, None]


def test_an_estimate_that_a_person_has_seen_may_go_and_come_back_within_an_hour(
    database: Settings,
) -> None:
    engine = open_database(database)
    pace = [
        replace(sold(0, units), minute_start=NOW + timedelta(minutes=minute))
        for minute, units in ((-20, 4), (60, 5), (200, 10))
    ]
    goods = order("o", 24, NOW + timedelta(hours=6))
    write(engine, [product("a", 0), level("a", 20, last_movement_at=NOW), goods, *pace], NOW)
    refresh_all(engine, NOW)
    (shelf,) = needs(engine, "S1", NOW, 9).shelves
    assert shelf.need is Need.RUNS_OUT
    hide(engine, shelf, NOW, None)
    seen = []
    for minutes in (2, 45, 61, 125, 201):
        now = NOW + timedelta(minutes=minutes)
        refresh_all(engine, now)
        current = needs(engine, "S1", now, 9)
        seen.append(([one.need for one in current.shelves], current.hidden))
    assert seen == [([], 1), ([], 0), ([], 1), ([], 0), ([Need.RUNS_OUT], 0)]
    engine.dispose()


NOW_AND_THEN = {
    "less urgent": (Need.RUNS_OUT, Need.RUNS_OUT, Need.FAST, 0, False),
    "gone": (Need.RUNS_OUT, Need.RUNS_OUT, Need.NONE, 0, False),
    "back soon": (Need.RUNS_OUT, Need.NONE, Need.LOW, 60, False),
    "back late": (Need.RUNS_OUT, Need.NONE, Need.RUNS_OUT, 61, True),
    "less urgent for hours": (Need.RUNS_OUT, Need.LOW, Need.RUNS_OUT, 500, False),
    "more urgent": (Need.LOW, Need.LOW, Need.RUNS_OUT, 0, True),
    "overdue": (Need.LOW, Need.LOW, Need.LATE, 0, True),
    "empty": (Need.RUNS_OUT, Need.RUNS_OUT, Need.EMPTY, 0, True),
    "empty, and filled": (Need.EMPTY, Need.EMPTY, Need.NONE, 0, True),
    "counted": (Need.STOCK_ERROR, Need.STOCK_ERROR, Need.LOW, 0, True),
}


@pytest.mark.parametrize("case", NOW_AND_THEN)
def test_only_estimates_may_come_back_unnoticed(case: str) -> None:
    acknowledged, before, after, minutes, ends = NOW_AND_THEN[case]
    assert has_ended(acknowledged, before, after, timedelta(minutes=minutes)) == ends


@pytest.mark.parametrize("until", [None, NOW + timedelta(hours=4)])
def test_two_people_may_hide_a_row_at_once(database: Settings, until: datetime | None) -> None:
    engine = open_database(database)
    write(engine, RECORDS)
    shelf = needs(engine, "S1", NOW, 1).shelves[0]
    begun = Barrier(4, timeout=20)

    def person() -> None:
        for _ in range(10):
            begun.wait()
            hide(engine, shelf, NOW, until)

    with ThreadPoolExecutor(4) as people:
        for each in [people.submit(person) for _ in range(4)]:
            each.result()
    assert listed(engine) == ["milk"]
    assert listed(engine, now=NOW + timedelta(hours=5)) == (
        ["bread", "milk"] if until else ["milk"]
    )
    engine.dispose()


def test_today_is_the_start_and_a_chain_without_stock_says_so(
    opened: OpenPage, tmp_path: Path
) -> None:
    app = opened(filled(tmp_path / "empty", []), "")
    assert '<h1 class="inv-title">Today</h1>' in html(app)
    assert "No stock yet. Stores appear with their first movement." in html(app)


def test_weeks_of_supply_are_unknown_without_sales_and_the_fewest_come_first() -> None:
    today = NOW.date()
    days = [sales(today - timedelta(days=back), 4) for back in range(1, 8)]
    records: list[Record] = [level("a", 14, last_movement_at=NOW), *days, level("b", 9, store="S0")]
    states = store_states(filled_database(records, NOW))
    assert [(one.store_id, one.weeks_of_supply) for one in states] == [("S1", 0.5), ("S0", None)]


def test_what_was_seen_stays_hidden_after_a_restart_and_what_was_postponed_comes_back(
    tmp_path: Path,
) -> None:
    database = filled(tmp_path, RECORDS)
    refresh_all(database, NOW)
    seen, later = needs(database, "S1", NOW, 20).shelves
    hide(database, seen, NOW, None)
    hide(database, later, NOW, NOW + timedelta(hours=4))
    database.dispose()
    restarted = open_database(Settings(state=tmp_path))
    assert listed(restarted) == []
    assert needs(restarted, "S1", NOW, 20).hidden == 2
    assert listed(restarted, now=NOW + timedelta(hours=4)) == [later.sku]
    assert listed(restarted, "S2") == ["salt"]
    unhide(restarted, "S1")
    assert len(listed(restarted)) == 2


def test_no_more_rows_than_the_limit() -> None:
    database = filled_database([level(f"{number:02d}", -number) for number in range(1, 30)], NOW)
    assert listed(database) == [f"{number:02d}" for number in range(29, 9, -1)]


def runs_out(sku: str, hours: float) -> Shelf:
    return replace(BASE, sku=sku, urgency=hours, hours_left=hours)


BASE = only(product("a"), level("a", 5, last_movement_at=NOW), sales(NOW.date(), 1))
STEADY = {
    "first sight": ([2.0, 3.0, 5.0], "", "abc"),
    "a little later, a little changed": ([3.0, 2.9, 5.0], "abc", "abc"),
    "clearly changed": ([3.0, 2.0, 5.0], "abc", "bac"),
    "a new one in its place": ([2.0, 3.0, 5.0], "ac", "abc"),
    "one that has gone": ([2.0, 3.0, 5.0], "azbc", "abc"),
    "far more urgent than all": ([9.0, 8.0, 1.0], "abc", "cab"),
}


@pytest.mark.parametrize("case", STEADY)
def test_rows_move_only_when_they_are_clearly_more_urgent(case: str) -> None:
    hours, before, expected = STEADY[case]
    shelves = [runs_out(sku, left) for sku, left in zip("abc", hours, strict=True)]
    shelves.sort(key=lambda shelf: shelf.urgency)
    assert "".join(shelf.sku for shelf in steady(shelves, list(before))) == expected


def hourly(units: int) -> Record:
    return replace(sold(0, units), minute_start=NOW - timedelta(minutes=5))


def before(hours: float, units: int = 24, order_id: str = "o") -> OpenOrder:
    return order(order_id, units, NOW + timedelta(hours=hours))


REASONS: dict[str, list[Record]] = {
    "2 left, gone in about 2 h at 1 per hour, 24 due today 18:30": [
        level("a", 2), hourly(1), before(2.5),
    ],
    "52 left, gone in about 3 min at 1,105 per hour, nothing on order": [
        level("a", 52), hourly(1105),
    ],
    "nothing left, sells 6 per hour, 12 due tomorrow 05:40": [
        level("a", 0), hourly(6), before(13 + 2 / 3, 12),
    ],
    "24 overdue since yesterday 16:00, 20 left, nothing sold lately": [
        level("a", 20), before(-24),
    ],
    "20 left, gone in about 10 h at 2 per hour, 40 due today 18:00, an order takes 2 days": [
        level("a", 20), hourly(2), before(2, 40),
    ],
    "last counted 120 days ago, 20 on hand": [
        level("a", 20, counted_at=NOW - timedelta(days=120)),
    ],
    "3 left, gone in about 3 h at 1 per hour, 9 on order without a date, "
    "4 on the way from other stores": [
        level("a", 3), hourly(1), order("o", 9, None), transfer("t", 4),
    ],
}  # fmt: skip


@pytest.mark.parametrize("words", REASONS)
def test_a_reason_is_a_sentence_with_numbers_and_units(words: str) -> None:
    assert reason(only(product("a"), *REASONS[words]), NOW, ZONE) == words


def test_what_is_unknown_is_named_and_is_not_zero() -> None:
    shelf = only(level("a", 0), unknown=(OpenOrder, OpenTransfer))
    assert reason(shelf, NOW, ZONE) == "nothing left, orders unknown"
