"""A booking counts once, whatever happens to the page, and its outcome is shown."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from connect.settings import Settings
from dashboard.booking.desk import Desk
from dashboard.queries import bookings
from dashboard.web.pages import book_page
from schemas.avro import encode
from schemas.generated import (
    QuarantinedRecord,
    StockCount,
)
from tests.support.booking_page import (
    ID,
    RECORDS,
    Kafka,
    amounts,
    choice,
    choices,
    enter,
    entry,
    filled,
    replaced,
    sent,
    shown,
    write,
)
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level
from views.database.engine import SQLITE_FILE, open_database


def test_a_reload_a_second_tab_and_a_second_tap_book_nothing_more(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    first = opened(engine, **choices(sku="007"))
    second = opened(engine, **choices(sku="007"))
    enter(first, 12)
    enter(second, 12)
    sent(desk)
    reloaded = opened(engine, **choices(sku="007"))
    assert not amounts(reloaded)
    assert "under way" in shown(reloaded)
    assert [each.value for each in reloaded.subheader] == ["Milk · 007"]
    assert len(kafka.events) == 1


@pytest.mark.parametrize(
    ("key", "value"), [("sku", "a"), ("by", "Bob"), ("store", "S2"), ("verb", "Receive")]
)
def test_what_is_pressed_before_another_choice_is_drawn_books_nothing(
    opened: OpenPage, engine: Engine, kafka: Kafka, key: str, value: str
) -> None:
    app = opened(engine, **choices(sku="007"))
    fields = [*app.text_input, *app.selectbox, *app.get("button_group")]
    next(each for each in fields if each.key == key).set_value(value)
    enter(app, 12)
    time.sleep(0.1)  # the desk sends in a thread
    assert not kafka.events
    assert "A choice was changed at the same moment" in shown(app)
    enter(app, 12)
    assert "A choice was changed" not in shown(app)
    sent(book_page.desk())
    assert len(kafka.events) == 1


def test_after_a_restart_of_the_server_the_address_still_shows_the_outcome(
    opened: OpenPage, engine: Engine
) -> None:
    at = datetime(2026, 5, 1, 8, tzinfo=UTC)
    counted = StockCount(
        event_id=ID, store_id="S1", sku="007", quantity=12, counted_at=at, recorded_at=at
    )
    write(engine, [entry(counted)])
    replaced(engine, level("007", 11, version=3, last_movement_at=at))
    app = opened(engine, **choices())
    assert shown(app) == "Counted 12; the books say 11 since 08:00:00 (UTC)."
    assert [each.value for each in app.subheader] == ["Milk · 007"]
    assert not amounts(app)


def test_a_refused_booking_shows_the_reason(opened: OpenPage, engine: Engine) -> None:
    refused = QuarantinedRecord(
        source_topic="stock-counts",
        source_partition=1,
        source_offset=7,
        reason="time",
        sentence="counted_at: check the clock of the device",
        quarantined_at=datetime(2026, 5, 1, 8, tzinfo=UTC),
        raw_value=b"\0\0\0\0\1" + bytes([2 * len(ID)]) + ID.encode() + b"more",
        complete=True,
    )
    write(engine, [refused])
    app = opened(engine, **choices())
    assert [each.value for each in app.error] == [
        "Refused at 08:00:00 (UTC): counted_at: check the clock of the device"
    ]


@pytest.mark.parametrize("value", [encode.text(ID), None])
def test_a_refused_booking_is_named_below_any_number_of_newer_records_of_the_quarantine(
    database: Settings, value: bytes | None
) -> None:
    at = datetime(2026, 5, 1, 8, tzinfo=UTC)
    other = QuarantinedRecord(
        source_topic="accepted-stock-counts",
        source_partition=0,
        source_offset=0,
        reason="quantity",
        sentence="quantity: 0",
        quarantined_at=at + timedelta(minutes=1),
        raw_value=encode.text("event 50%"),
        complete=True,
    )
    sentence = "counted_at: check the clock" if value else f"too late for event {ID}"
    of_booking = replace(other, sentence=sentence, quarantined_at=at, raw_value=value)
    engine = open_database(database)
    newer = [replace(other, source_offset=number) for number in range(1, 1002)]
    write(engine, [of_booking, *newer])
    refused = bookings.refusal(engine, database, ID)
    assert refused is not None
    assert refused.sentence == sentence
    assert bookings.refusal(engine, database, ID.replace("0", "1")) is None
    engine.dispose()


def test_a_booking_that_is_not_sent_yet_says_so(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    with kafka.slow:
        app = enter(opened(engine, **choices(sku="007")), 12)
        assert "Not sent yet: being sent since" in shown(app.run())
    sent(desk)
    assert "Not sent yet" not in shown(app.run())


def test_a_lost_connection_is_named_and_the_second_try_sends_the_same_event(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    kafka.down = True
    app = enter(opened(engine, **choices(sku="007")), 12)
    sent(desk)
    assert "Kafka does not answer." in shown(app.run())
    kafka.down = False
    app.button(key="again").click().run()
    sent(desk)
    assert [each.event_id for each in kafka.events] == [ID]
    app.run()
    assert "under way to the books since" in shown(app)


def test_the_next_booking_has_another_id_and_the_same_person_and_verb(
    opened: OpenPage, engine: Engine, desk: Desk
) -> None:
    app = enter(opened(engine, **choices(sku="a", verb="Receive")), 5)
    sent(desk)
    app.button(key="next").click().run()
    assert not app.exception
    assert app.text_input(key="by").value == "Ada"
    assert choice(app, "verb") == "Receive"
    booking = choice(app, "booking")
    assert booking != ID
    assert app.text_input(key="sku").value == ""


def test_a_booking_is_sent_though_the_database_has_gone_since_its_form_was_drawn(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka, tmp_path: Path
) -> None:
    app = opened(engine, **choices(sku="007"))
    for file in tmp_path.glob(f"{SQLITE_FILE}*"):
        file.unlink()
    enter(app, 12)
    sent(desk)
    assert [each.quantity for each in kafka.events] == [12]
    assert "database" in html(app)
    filled(tmp_path, RECORDS)
    again = opened(engine, **choices(sku="007"))
    assert "under way to the books since" in shown(again)
    assert not amounts(again)
