"""A repeat has all values of the event that was first sent with its event_id."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.record_consumer import Tombstone
from connect.settings import Settings
from producers.simulator import live
from producers.simulator.catalogue import catalogue
from producers.simulator.outstanding_orders import ORDER_PREFIX, REST, OutstandingOrders
from producers.simulator.simulated_shelves import Shelves
from producers.supplier_behaviour import Reliability
from schemas.generated import Product, Shipment
from schemas.record import Record
from tests.support.replenishment_model import START, Market, Movement, market, reliabilities
from tests.support.replenishment_model import live as live_on
from tests.support.store_records import order
from views import earlier_events as module
from views.earlier_events import earlier_events

MINUTE = timedelta(minutes=1)


def differing(there: Market) -> list[Any]:
    first: dict[str, Any] = {}
    return [one for one in there.sent if first.setdefault(one.event_id, one) != one]


@given(st.integers(0, 2**32), reliabilities)
def test_whatever_is_delayed_or_restarted_no_repeat_contradicts(
    seed: int, fails: Reliability
) -> None:
    there = market(seed, fails)
    live_on(there, 400, others=True)
    for _ in range(3):
        there.wait(90)
        there.act()
    assert not differing(there)


def test_an_order_that_the_job_does_not_show_is_repeated_with_its_values() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.process()
    there.publish()
    while any(there.unpublished.values()):
        there.publish()
    there.look()
    for _ in range(200):
        there.wait(1)
        there.look()
        there.act()
    assert len(there.sent) > 2
    assert len(set(there.sent)) == 1


def test_a_delivery_that_the_job_does_not_show_is_repeated_with_its_values() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(4)
    for _ in range(200):
        there.wait(1)
        there.act()
    deliveries = [one for one in there.sent if isinstance(one, Shipment)]
    assert len(deliveries) > 2
    there.start()
    there.wait(1)
    there.act()
    assert len({one for one in there.sent if isinstance(one, Shipment)}) == 1


def test_events_of_finished_orders_are_not_kept() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(60)
    assert there.sent
    assert not [one for one in there.sent if there.supplier.awaits(one)]


class Reader:
    """A fake views.reader.TopicReader of some records."""

    since: Any = None

    def __init__(self, _settings: Settings, _types: Sequence[type[Record]], since: Any) -> None:
        Reader.since = since
        self.caught_up = False

    def read(self, _limit: int, _seconds: float) -> list[Record | Tombstone]:
        self.caught_up = True
        other = replace(SENT[0], recorded_at=START + MINUTE)
        return [Tombstone(Product, ("a",)), *SENT, other]

    def close(self) -> None:
        pass


def shipment(event_id: str) -> Shipment:
    return Shipment(
        event_id=event_id,
        store_id="S1",
        sku="a",
        quantity=3,
        occurred_at=START,
        recorded_at=START,
    )


SENT = [shipment("mine"), shipment("theirs")]


@pytest.mark.parametrize("newest", [None, START])
def test_the_first_of_each_own_event_is_read_back(
    monkeypatch: pytest.MonkeyPatch, newest: datetime | None
) -> None:
    monkeypatch.setattr(module, "TopicReader", Reader)
    events = earlier_events(
        Settings(ahead_hours=24), [Shipment], newest, lambda sent: sent.event_id == "mine"
    )
    assert events == {"mine": SENT[0]}
    assert Reader.since == ({Shipment: START - timedelta(hours=25)} if newest else {})


def test_opening_stock_is_opened_again_as_it_was_sent() -> None:
    simulation: Any = SimpleNamespace(catalogue=catalogue(seed=1, stores=1, skus=3), seed=1)
    sent: list[Shipment] = []
    publisher: Any = SimpleNamespace(send=sent.append, flush=lambda: None)
    live._open(publisher, simulation, Shelves(), set(), {})
    first = [replace(one, occurred_at=START, recorded_at=START) for one in sent]
    sent.clear()
    live._open(publisher, simulation, Shelves(), set(), {one.event_id: one for one in first})
    assert sent == first


def test_an_order_of_the_history_waits_until_its_delivery() -> None:
    outstanding = OutstandingOrders()
    assert not outstanding
    outstanding.put(order(f"{ORDER_PREFIX}x", 5, START), START)
    assert outstanding
    (delivery,) = outstanding.deliveries(datetime(2027, 1, 1, tzinfo=UTC))
    assert delivery.event_id == f"{ORDER_PREFIX}x{REST}"
    assert not outstanding
