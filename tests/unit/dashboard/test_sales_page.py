"""The page Sales without a browser."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from connect.settings import Settings
from contracts.contract_file import load_all
from dashboard.model.sales_hours import HOUR, by_span, hour
from dashboard.web.pages import sales_page
from schemas.generated import LedgerEntry, SalesPerMinute, Store
from schemas.record import Record
from tests.support.page_database import filled
from tests.support.page_test import OpenPage, charts, html, line
from tests.support.store_records import entry, level, product, sales, sold

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
YESTERDAY = NOW.date() - timedelta(days=1)


def sold_at(at: datetime, units: int, sku: str = "a") -> SalesPerMinute:
    return replace(sold(0, units, sku), minute_start=at_minute(at))


def at_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def returned_at(at: datetime, units: int) -> LedgerEntry:
    return entry(f"r{at.timestamp()}", "return", units, at)


def metrics(app: AppTest) -> list[str]:
    return [one.value for one in app.metric]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{YESTERDAY} {clock}").replace(tzinfo=UTC)


def test_the_last_hour_ends_now_and_not_with_the_newest_sale(
    opened: OpenPage, tmp_path: Path
) -> None:
    old: list[Record] = [sold_at(NOW - 90 * MINUTE, 1000), level("a", 1)]
    assert metrics(opened(filled(tmp_path, old), "sales", store="S1")) == ["0", "0", "0"]


def test_all_times_of_the_page_are_in_the_zone_of_the_days_which_is_named(
    opened: OpenPage, tmp_path: Path
) -> None:
    tokyo = Store(store_id="S1", name="x", time_zone="Asia/Tokyo")
    records: list[Record] = [level("a", 1), sales(YESTERDAY, 3), tokyo]
    records.append(sold_at(NOW - 5 * MINUTE, 7))
    app = opened(filled(tmp_path, records), "sales", store="S1")
    assert [one.value for one in app.caption] == [
        "All times are of UTC, as the days of sales are; other pages have those of Asia/Tokyo."
    ]
    assert "the last 14 days of UTC" in html(app)
    minutes = [f"{NOW - back * MINUTE:%H:%M}" for back in (61, 60, 59)]
    hour_of = re.fullmatch(
        r"Units sold in the last hour, (.{5}) to .{5} \(UTC\)", app.metric[0].label
    )
    assert hour_of is not None
    assert hour_of[1] in minutes
    assert charts(app)[0]["label"][0] in minutes
    assert "(UTC)" in line(app)["text"]
    stock = opened(filled(tmp_path / "again", records), "stock", store="S1")
    assert "(Asia/Tokyo)" in line(stock)["text"]


def test_returns_of_the_last_hour_are_shown_apart(opened: OpenPage, tmp_path: Path) -> None:
    records: list[Record] = [
        level("a", 1),
        sold_at(NOW - 5 * MINUTE, 7),
        sold_at(NOW - 30 * MINUTE, -1),
        returned_at(NOW - 30 * MINUTE, 3),
    ]
    app = opened(filled(tmp_path, records), "sales", store="S1")
    assert metrics(app) == ["9", "3", "6"]


def test_the_last_hour_has_60_minutes_and_zero_for_one_without_sales(
    opened: OpenPage, tmp_path: Path
) -> None:
    ahead = sold_at(NOW + 20 * HOUR, 500)  # of a till whose clock is wrong
    records: list[Record] = [
        level("a", 1),
        sold_at(NOW - 5 * MINUTE, 7),
        replace(sold(0, 2, currency="EUR"), minute_start=at_minute(NOW - 5 * MINUTE)),
        returned_at(NOW - 5 * MINUTE, 3),
        ahead,
    ]
    app = opened(filled(tmp_path, records), "sales", store="S1")
    minutes = charts(app)[0]
    assert len(minutes["label"]) == 60
    assert sorted(minutes["sold"]) == [0] * 59 + [12]
    assert sorted(minutes["returned"]) == [0] * 59 + [3]
    assert "the last hour (UTC); revenue CHF 7.70, EUR 2.20" in html(app)


def test_any_hours_of_any_day_can_be_chosen(opened: OpenPage, tmp_path: Path) -> None:
    records: list[Record] = [
        level("a", 5),
        product("a", name="Milk"),
        sold_at(at("08:59"), 1),
        sold_at(at("09:00"), 4),
        sold_at(at("10:59"), 8, "b"),
        sold_at(at("11:00"), 16),
        returned_at(at("10:10"), 2),
    ]
    app = opened(
        filled(tmp_path, records), "sales", store="S1", day=str(YESTERDAY), hours=["9", "11"]
    )
    hours, best, _ = charts(app)
    assert hours["label"] == ["09:00", "10:00"]
    assert hours["sold"] == [4, 10]
    assert hours["returned"] == [0, 2]
    assert hours["below"] == [0, -2]
    assert (best["sku"], best["units"]) == (["b", "a"], [8, 4])
    assert best["label"] == ["(not in the catalogue)", "Milk"]
    assert best["words"] == ["8 sold, unknown left", "4 sold, 5 left"]
    assert "09:00 to 11:00 (UTC); revenue CHF 13.20" in html(app)


def test_without_a_store_today_adds_up_the_sales_of_all(opened: OpenPage, tmp_path: Path) -> None:
    day = NOW.astimezone(ZoneInfo(Settings().time_zone)).date()
    records: list[Record] = [
        *(level("a", 5, store=store) for store in ("S1", "S2")),
        product("a", name="Milk"),
        *(replace(sold_at(NOW - 5 * MINUTE, 4), store_id=store) for store in ("S1", "S2")),
        replace(returned_at(NOW - 5 * MINUTE, 2), store_id="S2"),
        *(replace(sales(day, units), store_id=store) for store, units in (("S1", 6), ("S2", 3))),
    ]
    minutes, best = charts(opened(filled(tmp_path, records), "today"))
    assert (max(minutes["sold"]), max(minutes["returned"])) == (10, 2)
    assert best["words"] == ["9 sold, 10 left"]


def test_the_times_of_all_stores_are_in_the_zone_of_business_days_whatever_the_browsers(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVENTORY_TIME_ZONE", "Asia/Kathmandu")
    levels = [level("a", 5, store=store) for store in ("S1", "S2")]
    app = opened(filled(tmp_path, [*levels, sold_at(NOW - 5 * MINUTE, 4)]), "today")
    zone = ZoneInfo("Asia/Kathmandu")
    minutes = [f"{(NOW - back * MINUTE).astimezone(zone):%H:%M}" for back in (61, 60, 59)]
    assert charts(app)[0]["label"][0] in minutes
    assert "the last hour (Asia/Kathmandu)" in html(app)
    assert "(Asia/Kathmandu)" in line(app)["text"]


def test_an_hour_that_the_clock_passes_twice_has_two_bars(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVENTORY_TIME_ZONE", "Europe/Zurich")
    monkeypatch.setattr(sales_page, "MINUTES_KEPT", NOW - datetime(2025, 10, 1, tzinfo=UTC))
    first = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    records: list[Record] = [level("a", 5), sold_at(first, 4), sold_at(first + HOUR, 2)]
    hours, *_ = charts(opened(filled(tmp_path, records), "sales", store="S1", day="2025-10-26"))
    units = dict(zip(hours["label"], hours["sold"], strict=True))
    assert len(units) == 25
    assert (units["02:00 CEST"], units["02:00 CET"]) == (4, 2)


def test_a_whole_day_counts_sales_that_came_days_late(opened: OpenPage, tmp_path: Path) -> None:
    records: list[Record] = [
        level("a", 5),
        sales(YESTERDAY, 6),
        sales(YESTERDAY, 1, currency="EUR"),
    ]
    app = opened(filled(tmp_path, records), "sales", store="S1", day=str(YESTERDAY))
    best, days = charts(app)
    assert best["units"] == [7]
    assert days["sold"][-2:] == [7, 0]
    assert len(days["sold"]) == 14
    assert "No sales in these hours" not in html(app)
    assert "The hours of these sales are not known: 2 of 2 receipt lines of this day" in html(app)
    assert "revenue CHF 6.60, EUR 1.10" in html(app)


def test_hours_of_which_some_sales_are_known_say_that_others_are_not(
    opened: OpenPage, tmp_path: Path
) -> None:
    records: list[Record] = [
        level("a", 5),
        sales(YESTERDAY, 6, version=4),
        replace(sold_at(at("09:00"), 4), version=2),
        entry("one", "sale", -3, at("09:00")),
        entry("two", "sale", -1, at("09:59")),
        entry("three", "sale", -1, at("15:00")),
    ]
    app = opened(
        filled(tmp_path, records), "sales", store="S1", day=str(YESTERDAY), hours=["9", "11"]
    )
    assert 4 in charts(app)[0]["sold"]
    assert "The hours of these sales are not known: 1 of 4 receipt lines of this day" in html(app)
    assert "09:00 to 11:00 (UTC), as far as minutes are known; revenue CHF 4.40" in html(app)


def test_a_sale_and_a_return_without_hours_are_not_known_although_they_cancel_out(
    opened: OpenPage, tmp_path: Path
) -> None:
    records: list[Record] = [level("a", 5), sales(YESTERDAY, 0, version=2)]
    app = opened(
        filled(tmp_path, records), "sales", store="S1", day=str(YESTERDAY), hours=["9", "11"]
    )
    assert "not known: 2 of 2 receipt lines" in html(app)
    assert "The best sellers of these hours are not known, only those of the whole" in html(app)
    assert not re.search("No sales in these hours|Nothing was sold", html(app))


def test_hours_without_sales_of_a_day_whose_hours_are_known_have_none(
    opened: OpenPage, tmp_path: Path
) -> None:
    afternoon = replace(sold_at(at("15:00"), 5), version=1)
    records: list[Record] = [level("a", 5), sales(YESTERDAY, 5), afternoon]
    app = opened(
        filled(tmp_path, records), "sales", store="S1", day=str(YESTERDAY), hours=["9", "11"]
    )
    assert "No sales in these hours." in html(app)
    assert "Nothing was sold." in html(app)
    assert "not known" not in html(app)


def test_tiles_of_the_last_hour_are_marked_as_those_of_now_above_another_day(
    opened: OpenPage, tmp_path: Path
) -> None:
    app = opened(filled(tmp_path, [level("a", 1)]), "sales", store="S1", day=str(YESTERDAY))
    assert f"the last hour of today; {YESTERDAY:%a %d %b %Y} is below" in html(app)
    assert [one.label for one in app.metric][1:] == [
        "Brought back in that hour",
        "Sold less returned in that hour",
    ]


def test_a_page_that_is_open_at_midnight_goes_on_to_the_new_day(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        moment = NOW

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(cls.moment.timestamp(), tz)

    monkeypatch.setattr(sales_page, "datetime", Clock)
    engine = filled(tmp_path, [level("a", 1)])
    follows = opened(engine, "sales", store="S1")
    stays = opened(engine, "sales", store="S1", day=str(YESTERDAY))
    Clock.moment += timedelta(days=1)
    tomorrow = NOW.date() + timedelta(days=1)
    for app in (follows, stays):
        app.run()
        assert not app.exception
    assert f"Best sellers<small>{tomorrow:%a %d %b %Y}" in html(follows)
    assert follows.date_input[0].value == tomorrow
    assert f"Best sellers<small>{YESTERDAY:%a %d %b %Y}" in html(stays)


def test_minutes_are_kept_as_long_as_their_contract_declares() -> None:
    (contract,) = (each for each in load_all() if each.topic.name == SalesPerMinute.TOPIC)
    kept = timedelta(milliseconds=int(contract.topic.config["retention.ms"]))
    assert kept == sales_page.MINUTES_KEPT


@pytest.mark.parametrize("days_ago", [1, 17], ids=["published late", "no longer published"])
def test_hours_without_minutes_are_those_of_the_movements_and_add_up_to_the_day(
    opened: OpenPage, tmp_path: Path, days_ago: int
) -> None:
    day = NOW.date() - timedelta(days=days_ago)
    then = datetime.combine(day, datetime.min.time(), UTC)
    records: list[Record] = [
        level("a", 5),
        level("brie", 900),
        level("a", 1, store="S2"),
        product("brie", unit="g"),
        sales(day, 4, version=3),
        sales(day, 2500, "brie"),
        entry("first", "sale", -4, then),
        entry("last", "sale", -2, then + 24 * HOUR - timedelta(milliseconds=1)),
        entry("back", "return", 2, then + 9 * HOUR),
        entry("brie", "sale", -2500, then + 10 * HOUR, "brie"),
        entry("received", "shipment", 50, then + 10 * HOUR),
        entry("day before", "sale", -9, then - timedelta(milliseconds=1)),
        entry("day after", "sale", -9, then + 24 * HOUR),
        replace(entry("elsewhere", "sale", -9, then), store_id="S2"),
    ]
    app = opened(filled(tmp_path, records), "sales", store="S1", day=str(day))
    hours = charts(app)[0]
    sold, returned = (
        {label: units for label, units in zip(hours["label"], hours[name], strict=True) if units}
        for name in ("sold", "returned")
    )
    assert sold == {"00:00": 4, "10:00": 2.5, "23:00": 2}
    assert returned == {"09:00": 2}
    assert sum(hours["sold"]) - sum(hours["returned"]) == 6.5
    assert "not known" not in html(app)
    some = opened(
        filled(tmp_path / "again", records), "sales", store="S1", day=str(day), hours=["9", "11"]
    )
    assert charts(some)[0]["label"] == ["09:00", "10:00"]
    assert charts(some)[0]["sold"] == [0, 2.5]


def test_hours_that_the_ledger_does_not_have_are_unknown_and_not_without_sales(
    opened: OpenPage, tmp_path: Path
) -> None:
    long_ago = NOW.date() - timedelta(days=17)
    records: list[Record] = [level("a", 1), sales(long_ago, 2)]
    app = opened(filled(tmp_path, records), "sales", store="S1", day=f"{long_ago:%F}")
    assert "The hours of these sales are not known: 1 of 1 receipt lines" in html(app)
    assert "No sales in these hours" not in html(app)


def test_without_sales_there_are_sentences(opened: OpenPage, tmp_path: Path) -> None:
    app = opened(filled(tmp_path, [level("a", 1)]), "sales", store="S1")
    for sentence in ("No sales in these hours.", "Nothing was sold.", "No sales in the last 14"):
        assert sentence in html(app)
    assert "the last hour of today" not in html(app)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_of_another_length_has_all_its_hours(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Zurich")
    start, end = (hour(date.fromisoformat(day), number, zone) for number in (0, 24))
    bars = by_span((start, end), HOUR, {start: 1, end - MINUTE: 2}, {})
    assert (len(bars), bars[0].net, bars[-1].net) == (hours, 1, 2)
