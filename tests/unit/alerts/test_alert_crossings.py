"""A crossing is alerted once, in the words of the page Today, and again only when it is news."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from alerts.alert_plan import AlertPlan, StorePlan
from alerts.crossings import CALM
from alerts.kinds import Kind
from alerts.message_words import LINES
from alerts.stalled_stores import STARTING
from connect.settings import Settings
from dashboard.queries.needs import hide, needs
from schemas.generated import SalesPerMinute, Store
from tests.support.alert_drill import START, TARGET, AlertDrill
from tests.support.store_records import level, order, product
from views.database import heartbeats, shelf_queue
from views.database.engine import writing
from views.database.heartbeats import JOB, Heartbeat
from views.database.tables import OFFSETS

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MAIN = Store(store_id="S1", name="Main Shop", time_zone="Europe/Berlin", opening_hours=None)


def sold(units: int, minutes_ago: int = 5, store: str = "S1") -> SalesPerMinute:
    return SalesPerMinute(
        store_id=store,
        sku="FP-1",
        currency="EUR",
        minute_start=START - minutes_ago * MINUTE,
        units=units,
        revenue=units * product("FP-1").unit_price,
    )


def test_each_kind_is_alerted_once(drill: AlertDrill) -> None:
    for sku, on_hand in (("a", 5), ("b", 0), ("c", -1)):
        drill.stock(sku, on_hand)
    drill.put(product("d"), level("d", 50), replace(order("o", 9, START - HOUR), sku="d"))
    assert drill.look() == [("negative", "c"), ("out", "b"), ("low", "a"), ("overdue", "d")]
    assert drill.look() == []


def test_what_is_listed_on_the_page_today_is_alerted_and_nothing_else(drill: AlertDrill) -> None:
    for on_hand in range(-3, 60, 3):
        drill.stock(f"{on_hand:02d}", on_hand)
    drill.put(product("due"), level("due", 4), replace(order("o", 90, START + HOUR), sku="due"))
    listed = {shelf.sku for shelf in needs(drill.engine, "S1", START, 100).shelves}
    assert {sku for _, sku in drill.look()} == listed
    assert "due" not in listed


def test_a_message_says_it_in_the_words_of_a_shop(drill: AlertDrill) -> None:
    drill.put(
        MAIN,
        product("FP-1", 5, "Fern\nPrint"),
        level("FP-1", 2, last_movement_at=START),
        replace(order("o", 24, START + 2.5 * HOUR), sku="FP-1"),
        sold(1),
    )
    drill.look()
    (message,) = drill.received
    assert message.title == "Main Shop (S1): Low, Fern Print · FP-1"
    assert message.body == (
        "Low: Fern Print · FP-1: 2 left, gone in about 2 h at 1 per hour, 24 due today 18:30, "
        "reorder point 5 (Europe/Berlin)"
    )


def test_many_at_once_are_one_bounded_message_that_has_all_as_data(drill: AlertDrill) -> None:
    for n in range(130):
        drill.stock(f"{n:03d}", n % 2)
    assert len(drill.look()) == 130
    (message,) = drill.received
    lines = message.body.splitlines()
    assert message.title == "S1: Empty 65, Low 65"
    assert (len(lines), lines[-1]) == (LINES + 1, "and 110 more: see the page Today.")
    assert len({alert["id"] for alert in message.alerts}) == 130


def test_one_piece_that_is_brought_back_does_not_alert_again(drill: AlertDrill) -> None:
    drill.stock("a", 10)
    assert drill.look() == [("low", "a")]
    for on_hand in (11, 10, 12, 10):
        drill.passes(HOUR)
        drill.stock("a", on_hand)
        assert drill.look() == []


def test_a_shelf_is_alerted_again_after_it_was_well_for_a_while(drill: AlertDrill) -> None:
    drill.stock("a", 0)
    assert drill.look() == [("out", "a")]
    for pause, expected in ((CALM - MINUTE, []), (CALM + MINUTE, [("out", "a")])):
        drill.stock("a", 40)
        drill.look()
        drill.passes(pause)
        drill.look()
        drill.stock("a", 0)
        assert drill.look() == expected


def test_a_shelf_is_not_well_while_it_comes_and_goes(drill: AlertDrill) -> None:
    alerted = []
    for on_hand in (0, 40, 0, 40, 0, 40, 0):
        drill.stock("a", on_hand)
        alerted += drill.look()
        drill.passes(CALM - MINUTE)
    assert alerted == [("out", "a")]


def test_a_shelf_whose_delivery_is_late_may_be_low_too(drill: AlertDrill) -> None:
    late = replace(order("o", 9, START - HOUR), sku="a")
    drill.put(product("a"), level("a", 5), late)
    assert drill.look() == [("low", "a"), ("overdue", "a")]


def test_worse_is_news_and_a_little_better_is_none(drill: AlertDrill) -> None:
    alerted = []
    for on_hand in (9, 0, -2, 0, 3, 9):
        drill.stock("a", on_hand)
        alerted += drill.look()
        drill.passes(MINUTE)
    assert alerted == [("low", "a"), ("out", "a"), ("negative", "a")]


def test_what_a_person_has_seen_is_not_alerted_until_it_is_another_need(drill: AlertDrill) -> None:
    drill.stock("a", 5)
    hide(drill.engine, drill.shelf("a"), drill.now, None)
    assert drill.look() == []
    drill.stock("a", 0)
    assert drill.look() == [("out", "a")]


def test_what_was_postponed_is_alerted_when_its_time_is_over(drill: AlertDrill) -> None:
    drill.stock("new", 5)
    hide(drill.engine, drill.shelf("new"), drill.now, drill.now + 4 * HOUR)
    drill.stock("known", 0)
    assert drill.look() == [("out", "known")]
    hide(drill.engine, drill.shelf("known"), drill.now, drill.now + 4 * HOUR)
    drill.passes(4 * HOUR - SECOND)
    assert drill.look() == []
    drill.passes(SECOND)
    assert drill.look() == [("out", "known"), ("low", "new")]
    drill.passes(HOUR)
    assert drill.look() == []


def test_what_crosses_while_the_process_is_down_is_noticed_afterwards(drill: AlertDrill) -> None:
    drill.stock("a", 5)
    assert drill.look() == [("low", "a")]
    drill.stock("b", 0)
    drill.passes(9 * HOUR)
    drill.start()
    assert drill.look() == [("out", "b")]


def test_a_store_hears_of_its_own_kinds_by_its_own_targets(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_out = StorePlan((TARGET, "chat"), (Kind.OUT,))
    stores = {"S2": only_out, "S3": StorePlan()}
    plan = AlertPlan({TARGET: "", "chat": ""}, StorePlan((TARGET,)), stores)
    drill = AlertDrill(Settings(state=tmp_path), monkeypatch, plan)
    for store in ("S1", "S2", "S3"):
        drill.stock("a", 5, store)
        drill.stock("b", 0, store)
    drill.look()
    arrived = [(each["store_id"], each["kind"]) for m in drill.received for each in m.alerts]
    assert sorted(arrived) == [("S1", "low"), ("S1", "out"), ("S2", "out"), ("S2", "out")]


def hold_up(drill: AlertDrill, name: str) -> None:
    """Make the figures old, or leave them to be computed."""
    with writing(drill.engine) as connection:
        changes: dict[str, dict[str, object]] = {
            "read for the first time": {"complete": False},
            "read again": {"rereading": True},
            "behind": {"read_at": drill.now - 11 * SECOND},
        }
        if name in changes:
            connection.execute(update(OFFSETS).values(changes[name]))
        elif name == "waits to be computed":
            shelf_queue.add(connection, [("S1", "a")])
        else:
            computed = drill.now - 10 * MINUTE
            heartbeats.save(connection, [Heartbeat(JOB, drill.now, drill.now, computed)])


@pytest.mark.parametrize(
    "name",
    ["read for the first time", "read again", "behind", "waits to be computed", "job is behind"],
)
def test_figures_of_the_past_are_no_crossing(drill: AlertDrill, name: str) -> None:
    drill.stock("a", 0)
    hold_up(drill, name)
    assert [alert for alert in drill.look() if alert[0] != "stalled"] == []
    drill.passes(SECOND)
    with writing(drill.engine) as connection:
        shelf_queue.remove(connection, [("S1", "a")])
    assert ("out", "a") in drill.look()


def test_levels_of_a_job_that_begins_again_are_no_crossing_until_its_first_checkpoint(
    drill: AlertDrill,
) -> None:
    def beat(beat_at: Any, reached_at: Any) -> None:
        with writing(drill.engine) as connection:
            heartbeats.save(connection, [Heartbeat(JOB, drill.now, beat_at, reached_at)])

    drill.stock("a", 50)
    assert drill.look() == []
    drill.passes(5 * SECOND)
    beat(START, START)
    assert drill.look() == []
    drill.now += SECOND
    drill.stock("a", 0)
    beat(drill.now, START)
    assert drill.look() == []
    drill.passes(SECOND)
    assert drill.look() == [("out", "a")]


def run_before(drill: AlertDrill) -> None:
    """Let the process of alerts run for the time that a start takes, until now."""
    drill.now -= STARTING
    drill.look()
    drill.now += STARTING


def stop_job(drill: AlertDrill, since: datetime) -> None:
    with writing(drill.engine) as connection:
        connection.execute(update(OFFSETS).values(newest_at=since))
        connection.execute(
            update(heartbeats.HEARTBEATS)
            .where(heartbeats.HEARTBEATS.c.part == JOB)
            .values(beat_at=since, reached_at=since)
        )


def test_a_store_hears_once_that_the_calculation_has_stopped(drill: AlertDrill) -> None:
    run_before(drill)
    drill.put(MAIN)
    drill.stock("a", 50)
    began = drill.now

    def stopped(seconds: int) -> list[tuple[str, str]]:
        drill.passes(seconds * SECOND)
        stop_job(drill, began)
        return drill.look()

    assert stopped(59) == []
    assert stopped(2) == [("stalled", "")]
    assert stopped(60) == []
    (message,) = drill.received
    assert message.title == "Main Shop (S1): Not up to date"
    assert message.body == (
        "Not up to date: The calculation of stock stopped today 16:00: "
        "later sales are not in the levels. (Europe/Berlin)"
    )
    drill.passes(SECOND)
    assert drill.look() == []


def test_levels_of_a_clock_that_was_ahead_hide_no_stopped_calculation(drill: AlertDrill) -> None:
    run_before(drill)
    drill.put(MAIN)
    drill.stock("a", 50)
    began = drill.now
    drill.passes(61 * SECOND)
    stop_job(drill, began)
    with writing(drill.engine) as connection:
        connection.execute(update(OFFSETS).values(newest_at=began + HOUR))
    assert drill.look() == [("stalled", "")]


def test_a_store_hears_that_sales_are_missing_though_its_levels_are_up_to_date(
    drill: AlertDrill,
) -> None:
    run_before(drill)
    drill.put(MAIN)
    drill.stock("a", 50)
    began = drill.now

    def behind(seconds: int) -> list[tuple[str, str]]:
        drill.passes(seconds * SECOND)
        with writing(drill.engine) as connection:
            late = update(OFFSETS).where(OFFSETS.c.topic == SalesPerMinute.TOPIC)
            connection.execute(late.values(read_at=began))
        return drill.look()

    assert behind(59) == []
    assert behind(2) == [("stalled", "")]
    (message,) = drill.received
    assert "Sales and deliveries after today 16:00 may be missing." in message.body


def test_a_planned_restart_is_no_standstill_and_delays_no_other_alert(drill: AlertDrill) -> None:
    stopped_at = START - HOUR
    drill.put(MAIN)
    drill.stock("a", 0)
    stop_job(drill, stopped_at)
    assert drill.look() == [("out", "a")]
    for _ in range(11):
        drill.passes(10 * SECOND)
        stop_job(drill, stopped_at)
        assert drill.look() == []
    drill.passes(20 * SECOND)
    assert drill.look() == []


def test_a_job_that_does_not_come_back_after_a_start_is_alerted_then(drill: AlertDrill) -> None:
    drill.put(MAIN)
    drill.stock("a", 50)

    def look_after(time: timedelta) -> list[tuple[str, str]]:
        drill.passes(time)
        stop_job(drill, START - HOUR)
        return drill.look()

    assert look_after(SECOND) == []
    assert look_after(STARTING - SECOND) == []
    assert look_after(SECOND) == [("stalled", "")]
    drill.start()
    assert look_after(SECOND) == look_after(STARTING) == look_after(SECOND) == []


def test_a_store_hears_that_its_tills_are_silent_while_others_sell(drill: AlertDrill) -> None:
    run_before(drill)
    drill.put(MAIN, sold(120, 40), sold(1, 1, "S2"), level("FP-1", 500), level("FP-1", 500, "S2"))
    drill.passes(SECOND)
    assert drill.look()[0] == ("stalled", "")
    (message,) = drill.received
    assert "The tills are silent since today 15:21, while other stores sell." in message.body
