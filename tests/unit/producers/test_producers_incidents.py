"""A new chain has something to show on each page: stock errors, a late order, a refused count."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import catalogue
from producers.simulator.incidents import incidents
from producers.simulator.outstanding_orders import OutstandingOrders
from producers.simulator.past import Past, past, past_events
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from schemas.generated import OpenOrder, ReplenishmentOrder, StockCount, Transaction
from tests.support.simulated import of

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
LIMIT = timedelta(days=7)


def begin(now: datetime = NOW) -> Past:
    chain = catalogue(seed=1)
    live = Simulation(catalogue=chain, behaviour=Behaviour(), seed=1, start=now)
    return past(live, 28, ZoneInfo("UTC"), LIMIT)


def test_the_history_has_a_few_counts() -> None:
    assert len(of(StockCount, list(past_events(begin(), Shelves())))) >= 3


def test_two_shelves_are_negative_until_they_are_counted() -> None:
    simulation = begin()
    sold = of(Transaction, list(incidents(simulation, Shelves(), LIMIT)))
    assert len({line.key() for line in sold}) == 2
    for line in sold:
        line.validate()
        assert line.quantity > 0
        # Nothing was delivered, and the replenisher orders only what a catalogue has.
        assert line.sku not in {product.sku for product in simulation.catalogue.products}


def test_one_order_is_late_and_is_never_delivered() -> None:
    events = list(incidents(begin(), Shelves(), LIMIT))
    (placed,) = of(ReplenishmentOrder, events)
    placed.validate()
    assert placed.occurred_at < placed.expected_at < NOW
    outstanding = OutstandingOrders()
    outstanding.put(
        OpenOrder(
            order_id=placed.order_id,
            store_id=placed.store_id,
            sku=placed.sku,
            ordered=placed.quantity,
            received=0,
            remaining=placed.quantity,
            cancelled=False,
            expected_at=placed.expected_at,
            version=1,
        ),
        NOW,
    )
    assert not list(outstanding.deliveries(NOW + timedelta(days=1)))


def test_one_count_is_later_than_the_gate_accepts_and_without_a_limit_there_is_none() -> None:
    (count,) = of(StockCount, list(incidents(begin(), Shelves(), LIMIT)))
    count.validate()
    assert count.recorded_at - count.counted_at > LIMIT
    assert not of(StockCount, list(incidents(begin(), Shelves(), None)))


def test_all_are_in_the_store_that_is_listed_first_and_the_same_for_each_start() -> None:
    first = begin().catalogue.stores[0].store_id
    once: list[Any] = list(incidents(begin(), Shelves(), LIMIT))
    assert {event.store_id for event in once} == {first}
    assert list(incidents(begin(), Shelves(), LIMIT)) == once
