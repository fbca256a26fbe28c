"""Bookings through the real gate, job and read model: each counts once, and its outcome returns."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
from confluent_kafka import Consumer
from rich.console import Console
from sqlalchemy import Engine

from dashboard.booking.desk import Booking, BookingPublisher, Desk, State
from dashboard.booking.outcome import Outcome, Result, Trace, outcome
from dashboard.booking.verbs import Draft, Verb, draft, new_event_id
from dashboard.queries import bookings
from schemas.clock import utc_now
from schemas.generated import OpenTransfer
from stack.runtime import Stack
from tests.support.patience import until
from views.database.engine import open_database

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS = 60.0
"""Maximum time until a booking is in the books, on a machine that does much else."""


class Shop:
    """A desk and the database of a running pipeline."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.settings = settings = stack.settings
        self.engine: Engine = open_database(settings)
        self.desk = Desk(BookingPublisher(settings))

    def book(self, chosen: Draft, event_id: str, **entered: str | int) -> Outcome:
        """Book twice, start the desk again, book again; return the outcome."""
        for _ in range(2):
            self.press(chosen, event_id, entered)
        until(lambda: self.state(event_id) is State.SENT)
        first = self.desk.booking(event_id)
        self.desk = Desk(BookingPublisher(self.settings))
        self.press(chosen, event_id, entered)
        until(lambda: self.state(event_id) is State.SENT)
        until(lambda: self.outcome(event_id).result in (Result.BOOKED, Result.REFUSED))
        assert first is not None
        return self.outcome(event_id)

    def press(self, chosen: Draft, event_id: str, entered: dict[str, str | int]) -> None:
        event = chosen.event(event_id, utc_now(), entered)
        level = bookings.level(self.engine, chosen.store_id, chosen.sku)
        self.desk.book(Booking(event_id, event, "Ada", level.on_hand if level else None))

    def state(self, event_id: str) -> State:
        booking = self.desk.booking(event_id)
        assert booking is not None
        assert booking.state is not State.FAILED, booking.reason
        return booking.state

    def outcome(self, event_id: str) -> Outcome:
        entry = bookings.entry(self.engine, event_id)
        level = bookings.level(self.engine, entry.store_id, entry.sku) if entry else None
        refusal = None if entry else bookings.refusal(self.engine, self.settings, event_id)
        result = outcome(self.desk.booking(event_id), Trace(entry, level, refusal), UTC)
        assert result is not None
        return result

    def is_booked(self, event_id: str) -> bool:
        return self.outcome(event_id).result is Result.BOOKED

    def on_hand(self, store_id: str, sku: str = "milk") -> int | None:
        level = bookings.level(self.engine, store_id, sku)
        return level.on_hand if level else None


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as stack:
        stack.names += ["gate", "job", "views"]
        stack.fetch(Console(quiet=True))
        assert stack.run("contracts", "apply", timeout=120).returncode == 0
        for name in ("gate", "job", "views"):
            stack.start(name)
            stack.wait(name)
        yield Shop(stack)


def test_the_four_verbs_count_once_each_and_their_outcome_returns(shop: Shop) -> None:
    counted = shop.book(draft(Verb.COUNT, "S1", "milk", "-"), new_event_id(), quantity=12)
    assert counted.sentence.startswith("Counted 12; the books say 12 since")
    adjusted = draft(Verb.ADJUST, "S1", "milk", "-")
    shop.book(adjusted, new_event_id(), quantity=-2, reason="damage")
    assert shop.on_hand("S1") == 10
    received = shop.book(draft(Verb.RECEIVE, "S1", "milk", "-"), new_event_id(), quantity=5)
    assert "Received 5, was " in received.sentence
    assert shop.on_hand("S1") == 15
    event_id = new_event_id()
    shop.book(draft(Verb.TRANSFER, "S1", "milk", event_id), event_id, to_store="S2", quantity=4)
    assert shop.on_hand("S1") == 11
    until(lambda: bool(bookings.expected(shop.engine, "S2", "milk", 5)))
    (way,) = bookings.expected(shop.engine, "S2", "milk", 5)
    assert isinstance(way, OpenTransfer)
    assert way.in_transit == 4
    shop.book(draft(Verb.RECEIVE, "S2", "milk", "-", way), new_event_id(), quantity=4)
    assert (shop.on_hand("S1"), shop.on_hand("S2")) == (11, 4)


def test_a_booking_that_the_gate_refuses_returns_with_its_reason(shop: Shop) -> None:
    event_id = new_event_id()
    event = draft(Verb.COUNT, "S1", "milk", "-").event(
        event_id, utc_now() + timedelta(days=3), {"quantity": 1}
    )
    shop.desk.book(Booking(event_id, event, "Ada", None))
    until(lambda: shop.outcome(event_id).result is Result.REFUSED)
    assert "check the clock of the device" in shop.outcome(event_id).sentence


def test_the_name_of_the_person_reaches_the_accepted_topic(shop: Shop) -> None:
    event_id = new_event_id()
    shop.book(draft(Verb.COUNT, "S1", "eggs", "-"), event_id, quantity=1)
    consumer = Consumer(
        {
            "bootstrap.servers": shop.settings.kafka_servers,
            "group.id": "test-booked-by",
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([shop.settings.topic_prefix + "stock-counts"])
    deadline = time.monotonic() + SECONDS
    headers = None
    while headers is None and time.monotonic() < deadline:
        message = consumer.poll(0.5)
        if message is not None and event_id.encode() in (message.value() or b""):
            headers = message.headers()
    consumer.close()
    assert headers == [("booked-by", b"Ada")]


@pytest.mark.parametrize("part", ["gate", "job", "views", "kafka"])
def test_bookings_count_once_though_a_part_is_killed_in_the_middle(shop: Shop, part: str) -> None:
    product, ids = f"tea-{part}", [new_event_id() for _ in range(9)]
    chosen = draft(Verb.ADJUST, "S1", product, "-")
    for number, event_id in enumerate(ids):
        shop.press(chosen, event_id, {"quantity": 1, "reason": "found"})
        if number == len(ids) // 3:
            pid = shop.stack.pid(part)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
    shop.desk = Desk(BookingPublisher(shop.settings))
    for event_id in ids:  # a person who saw no answer presses once more
        shop.press(chosen, event_id, {"quantity": 1, "reason": "found"})
    until(lambda: all(shop.is_booked(each) for each in ids), 3 * SECONDS)
    assert shop.on_hand("S1", product) == len(ids)
    entries = [bookings.entry(shop.engine, each) for each in ids]
    assert [each.quantity for each in entries if each] == [1] * len(ids)
