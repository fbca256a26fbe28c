"""Each booking counts once: double taps, reloads, cut connections, a server that starts again."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connect.errors import UserError
from connect.message_headers import Headers
from connect.settings import Settings
from dashboard.booking import desk as module
from dashboard.booking.desk import BOOKED_BY, Booking, BookingPublisher, Desk, State
from dashboard.booking.verbs import Draft, Verb, draft, new_event_id
from schemas.generated import Adjustment, StockCount
from schemas.record import Record

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
SKUS = ["milk", "eggs", "salt"]


class Topic:
    """A topic whose connection may be cut before or after it has the record."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.records: list[Record] = []
        self.headers: list[Headers] = []

    def __call__(self, event: Record, headers: Headers) -> None:
        cut = self.chance.random()
        if cut < 0.2:
            raise UserError("Kafka does not answer.")
        self.records.append(event)
        self.headers.append(headers)
        if cut < 0.4:
            raise UserError("Kafka did not acknowledge the record.")


def wait(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.001)
    raise AssertionError("The desk has not finished.")


def settled(desk: Desk, event_id: str) -> Booking:
    """Return a booking when its sending has ended."""

    def is_settled() -> bool:
        booking = desk.booking(event_id)
        return booking is not None and booking.state is not State.SENDING

    wait(is_settled)
    booking = desk.booking(event_id)
    assert booking is not None
    return booking


def levels(records: list[Record]) -> dict[str, int]:
    """Compute the levels: of records with one event_id, the first counts."""
    stock = dict.fromkeys(SKUS, 0)
    seen: set[str] = set()
    for record in records:
        assert isinstance(record, StockCount | Adjustment)
        if record.event_id in seen:
            continue
        seen.add(record.event_id)
        if isinstance(record, StockCount):
            stock[record.sku] = record.quantity
        else:
            stock[record.sku] += record.quantity
    return stock


def press(desk: Desk, intention: tuple[Draft, str, int], moment: datetime, taps: int) -> None:
    """Book as often as it is tapped, each time at another moment."""
    chosen, event_id, quantity = intention
    for number in range(taps):
        tapped = moment + timedelta(milliseconds=number)
        event = chosen.event(event_id, tapped, {"quantity": quantity, "reason": "found"})
        desk.book(Booking(event_id, event, "Ada", None))


@pytest.mark.parametrize("seed", range(5))
def test_200_bookings_with_random_accidents_count_once_each(seed: int) -> None:
    chance = random.Random(seed)
    topic = Topic(chance)
    desk = Desk(topic)
    stock = dict.fromkeys(SKUS, 0)
    repeats = 0
    for number in range(200):
        # The person's view: one intention, however often it is pressed.
        sku, verb = chance.choice(SKUS), chance.choice([Verb.COUNT, Verb.ADJUST])
        quantity = chance.randint(1, 50)
        stock[sku] = quantity if verb is Verb.COUNT else stock[sku] + quantity
        event_id = new_event_id()
        moment = START + timedelta(seconds=number)

        intention = (draft(verb, "S1", sku, event_id), event_id, quantity)
        press(desk, intention, moment, chance.choice([1, 1, 2, 3]))
        while settled(desk, event_id).state is State.FAILED:
            repeats += 1
            if chance.random() < 0.3:
                # The server starts again; the id is still in the address of the page.
                desk = Desk(topic)
                again = moment + timedelta(milliseconds=500)
                press(desk, intention, again, chance.choice([1, 2]))
            else:
                for _ in range(chance.choice([1, 2])):
                    desk.try_again(event_id)
    assert repeats > 20
    assert len(topic.records) > 200
    assert levels(topic.records) == stock


def test_a_second_try_sends_the_very_same_record() -> None:
    sent: list[Record] = []

    def send(event: Record, _headers: Headers) -> None:
        sent.append(event)
        if len(sent) == 1:
            raise UserError("Kafka does not answer.")

    desk = Desk(send)
    event = draft(Verb.COUNT, "S1", "milk", "e").event("e", START, {"quantity": 3})
    desk.book(Booking("e", event, "Ada", 9))
    failed = settled(desk, "e")
    assert (failed.state, failed.reason) == (State.FAILED, "Kafka does not answer.")
    desk.try_again("e")
    assert settled(desk, "e").state is State.SENT
    desk.try_again("e")
    assert sent == [event, event]


def test_the_name_of_the_person_goes_with_the_event() -> None:
    topic = Topic(random.Random(1))
    topic.chance = type("Never", (random.Random,), {"random": lambda _: 1.0})()
    desk = Desk(topic)
    event = draft(Verb.COUNT, "S1", "milk", "e").event("e", START, {"quantity": 3})
    desk.book(Booking("e", event, "Zoë", 9))
    settled(desk, "e")
    assert topic.headers == [[(BOOKED_BY, "Zoë".encode())]]


def test_a_publisher_that_failed_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    class Unsteady:
        """A publisher whose second record is lost, in its first life."""

        def __init__(self, *_: object) -> None:
            self.life = len(sent)
            sent.append(0)

        def send(self, _event: Record, _headers: Headers) -> None:
            sent[self.life] += 1

        def flush(self) -> None:
            pass

        def check(self) -> None:
            if sent == [2]:
                raise UserError("Kafka did not acknowledge 1 of 2 records.")

    monkeypatch.setattr(module, "Publisher", Unsteady)
    send = BookingPublisher(Settings())
    event = draft(Verb.COUNT, "S1", "milk", "e").event("e", START, {"quantity": 3})
    send(event, [])
    with pytest.raises(UserError):
        send(event, [])
    send(event, [])
    assert sent == [2, 1]
