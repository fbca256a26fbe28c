"""The page Deliveries without a browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.record import Record
from tests.support.page_database import filled
from tests.support.page_test import OpenPage, html
from tests.support.store_records import HOSTILE, level, order, product, transfer

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
NO_DATE = datetime(9999, 12, 31, tzinfo=UTC)
RECORDS: list[Record] = [
    level("a", 1),
    product("a", name="Milk"),
    order("none", 1, None),
    order("never", 1, NO_DATE),
    order("soon", 5, NOW + DAY),
    order("late", 7, NOW - DAY),
    order("later", 7, NOW - 3 * DAY, sku="b"),
    order("over", 0, NOW - DAY),
    transfer("out", 2, to_store="S2"),
    transfer("in", 3),
    transfer("done", 0),
]


def test_late_orders_come_first_and_those_without_a_date_last(
    opened: OpenPage, tmp_path: Path
) -> None:
    app = opened(filled(tmp_path, RECORDS), "deliveries", store="S1")
    orders = app.dataframe[0].value
    assert list(orders["order_id"]) == ["later", "late", "soon", "none", "never"]
    assert [sign.removeprefix("▲ ") for sign in orders["state"]] == [
        "late",
        "late",
        "due",
        "no date",
        "no date",
    ]
    assert list(orders["name"])[:2] == ["(not in the catalogue)", "Milk"]
    assert "5, 2 late" in html(app)


def test_transfers_to_the_store_come_before_those_from_it(opened: OpenPage, tmp_path: Path) -> None:
    app = opened(filled(tmp_path, RECORDS), "deliveries", store="S1")
    transfers = app.dataframe[1].value
    assert list(transfers["transfer_id"]) == ["in", "out"]
    assert list(transfers["direction"]) == ["in", "out"]
    assert list(transfers["store"]) == ["S2", "S2"]
    assert "1 in, 1 out" in html(app)
    other = opened(filled(tmp_path / "again", RECORDS), "deliveries", store="S2")
    assert list(other.dataframe[0].value["direction"]) == ["in", "out"]


def test_long_ids_of_orders_and_transfers_differ_on_the_page(
    opened: OpenPage, tmp_path: Path
) -> None:
    run = "history-7-20260501T080000000"
    ids = [f"order:{run}-22", f"order:{run}-23", f"order:{run}:forgotten"]
    records: list[Record] = [order(one, 1, NOW) for one in ids]
    records.append(transfer(f"transfer:{run}-5", 1))
    app = opened(filled(tmp_path, records), "deliveries", store="S1")
    orders, transfers = (one.value for one in app.dataframe)
    shown = [*orders["order_id"], *transfers["transfer_id"]]
    assert len(set(shown)) == 4
    assert not [one for one in shown if one.startswith(("order:", "transfer:"))]


def test_a_transfer_that_was_booked_by_hand_says_so(opened: OpenPage, tmp_path: Path) -> None:
    records: list[Record] = [level("a", 1), transfer(f"booking-{'0' * 28}12ab", 1)]
    app = opened(filled(tmp_path, records), "deliveries", store="S1")
    assert list(app.dataframe[0].value["transfer_id"]) == ["booked by hand, 12ab"]


def test_a_store_without_deliveries_says_so(opened: OpenPage, tmp_path: Path) -> None:
    app = opened(filled(tmp_path, [level("a", 1)]), "deliveries", store="S1")
    assert not app.dataframe
    assert html(app).count("<small>none</small>") == 2


def test_orders_that_are_not_listed_are_counted(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.web.pages.deliveries_page.LIMIT", 1)
    app = opened(filled(tmp_path, RECORDS), "deliveries", store="S1")
    assert list(app.dataframe[0].value["order_id"]) == ["later"]
    assert "5, 2 late; the 1 due first are listed" in html(app)
    assert "1 in, 1 out; the first 1 are listed" in html(app)


def test_names_of_deliveries_are_shown_letter_by_letter(opened: OpenPage, tmp_path: Path) -> None:
    records: list[Record] = [product("a", name=HOSTILE), order("<b>o", 1, NOW), transfer("<i>t", 1)]
    app = opened(filled(tmp_path, records), "deliveries", store="S1")
    orders, transfers = (one.value for one in app.dataframe)
    assert list(orders["name"]) == list(transfers["name"]) == [HOSTILE.replace("\n", " ")]
    assert (orders["order_id"][0], transfers["transfer_id"][0]) == ("<b>o", "<i>t")
    assert "<script" not in html(app)


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), NO_DATE - DAY])
def test_dates_at_the_ends_of_time_are_shown(
    opened: OpenPage, tmp_path: Path, moment: datetime
) -> None:
    app = opened(filled(tmp_path, [order("o", 1, moment)]), "deliveries", store="S1")
    assert len(app.dataframe[0].value) == 1
