"""The simulated history: events of all contracts, at their rates, the same for a seed."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from producers.simulator.batch import bounded
from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import catalogue
from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import REPEAT_SECONDS, Sending
from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from tests.support.simulated import CHAIN, FAULTY, START, first_deliveries, of, simulation, when


@pytest.fixture(scope="module")
def sent() -> list[Sending]:
    return list(bounded(simulation()))


@pytest.fixture(scope="module")
def events(sent: list[Sending]) -> list[Any]:
    return first_deliveries(sending.event for sending in sent)


def fingerprint(sent: Iterable[Sending]) -> str:
    digest = hashlib.sha256()
    for sending in sent:
        digest.update(sending.event.key_to_avro() + sending.event.to_avro())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_the_same_order() -> None:
    assert fingerprint(bounded(simulation())) == fingerprint(bounded(simulation()))
    assert fingerprint(bounded(simulation())) != fingerprint(bounded(simulation(seed=8)))


def test_another_process_gives_the_same_bytes() -> None:
    text = (
        "from tests.unit.producers.test_producers_simulation import bounded, fingerprint; "
        "from tests.unit.producers.test_producers_simulation import simulation; "
        "print(fingerprint(bounded(simulation(events=2_000))))"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert prints == {fingerprint(bounded(simulation(events=2_000)))}


def test_faults_of_sending_do_not_change_what_happens(events: list[Any]) -> None:
    flawless = replace(FAULTY, duplicates=0, late=0)
    calm = {sending.event.event_id: sending.event for sending in bounded(simulation(flawless))}
    assert calm.keys() == {event.event_id for event in events}
    assert all(
        replace(event, recorded_at=START) == replace(calm[event.event_id], recorded_at=START)
        for event in events
    )


def test_every_event_keeps_its_contract(sent: list[Sending]) -> None:
    for sending in sent:
        sending.event.validate()


def test_all_kinds_of_events_occur(events: list[Any]) -> None:
    kinds = {Transaction, Shipment, StockCount, Adjustment, Transfer, ReplenishmentOrder}
    assert {type(event) for event in events} == kinds
    assert {event.reason for event in of(Adjustment, events)} == {
        "damage",
        "theft",
        "expiry",
        "found",
        "correction",
    }
    assert {event.phase for event in of(Transfer, events)} == {"shipped", "received", "lost"}
    assert {event.status for event in of(ReplenishmentOrder, events)} == {"placed", "cancelled"}
    assert any(event.quantity < 0 for event in of(Transaction, events))


def test_the_live_chain_shows_counts_adjustments_and_transfers_by_itself() -> None:
    chain = catalogue(seed=1)
    shelves = Shelves()
    for shipment in opening_stock(chain, 1, (), START):
        shelves.open(shipment)
    live = Simulation(catalogue=chain, behaviour=Behaviour(), seed=1, start=START)
    seen: Counter[str] = Counter()
    for timed_event in history(live, shelves, supplied=False):
        if timed_event.seconds > 300:
            break
        event = timed_event.event
        seen[getattr(event, "phase", type(event).__name__)] += 1
    assert seen.keys() == {"Transaction", "StockCount", "Adjustment", "shipped", "received", "lost"}
    assert 0.9 < seen["Transaction"] / seen.total() < 0.99


def test_the_number_of_events_is_the_requested_one(sent: list[Sending], events: list[Any]) -> None:
    shelves = len(CHAIN.stores) * len(CHAIN.products)
    assert len(events) == 8_000 + shelves
    assert sum(not sending.repeat for sending in sent) == len(events)


def test_events_are_sent_in_order_and_no_event_before_it_was_recorded(sent: list[Sending]) -> None:
    moments = [(sending.seconds, sending.number) for sending in sent[90:]]
    assert moments == sorted(moments)
    for sending in sent:
        recorded = (sending.event.recorded_at - START).total_seconds()
        assert recorded < sending.seconds + 1e-6
        assert sending.repeat or sending.seconds - recorded < 0.0011


def test_a_repeat_is_the_very_same_event_soon_after(sent: list[Sending]) -> None:
    originals: dict[str, Sending] = {}
    repeats = 0
    for sending in sent:
        if sending.repeat:
            original = originals[sending.event.event_id]
            assert sending.event == original.event
            assert 0 <= sending.seconds - original.seconds <= REPEAT_SECONDS
            repeats += 1
        else:
            assert sending.event.event_id not in originals
            originals[sending.event.event_id] = sending
    assert 0.04 < repeats / 8_000 < 0.06


def test_a_share_of_all_kinds_is_late_by_hours(sent: list[Sending], events: list[Any]) -> None:
    calm = replace(FAULTY, late=0)
    in_time = {s.event.event_id: s.event.recorded_at for s in bounded(simulation(calm))}
    late = [
        (type(event), (event.recorded_at - in_time[event.event_id]).total_seconds())
        for event in events
        if event.recorded_at != in_time[event.event_id]
    ]
    assert 0.04 < len(late) / 8_000 < 0.06
    assert {kind for kind, _ in late} >= {Transaction, Shipment, StockCount, Adjustment, Transfer}
    assert 7_000 < max(delay for _, delay in late) <= 7_200.001
    newest, behind = START, timedelta(0)
    for sending in sent:
        newest = max(newest, when(sending.event))
        behind = max(behind, newest - when(sending.event))
    assert behind > timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "share"),
    [("counts", 0.1), ("shrinkage", 0.1), ("transfers", 0.05)],
)
def test_the_rates_hold(name: str, share: float) -> None:
    others = {"counts": 0.0, "shrinkage": 0.0, "transfers": 0.0, name: share}
    behaviour = replace(FAULTY, duplicates=0, late=0, unrecorded=0, **others)
    seen = [sending.event for sending in bounded(simulation(behaviour))]
    numbers = {
        "counts": len({(c.store_id, c.sku, c.counted_at) for c in of(StockCount, seen)}),
        "shrinkage": len(of(Adjustment, seen)),
        "transfers": sum(leg.phase == "shipped" for leg in of(Transfer, seen)),
    }
    lines = len(of(Transaction, seen))
    # A transfer that finds nothing to send does not take place.
    minimum = 0.5 if name == "transfers" else 0.8
    assert minimum * share < numbers.pop(name) / lines < 1.2 * share
    assert not any(numbers.values())


def test_nothing_but_sales_and_supply_happens_when_the_rates_are_0() -> None:
    none = {"counts": 0.0, "shrinkage": 0.0, "transfers": 0.0, "orders_cancelled": 0.0}
    behaviour = replace(FAULTY, deliveries_short=0, **none)
    kinds = {type(sending.event) for sending in bounded(simulation(behaviour, events=2_000))}
    assert kinds == {Transaction, Shipment, ReplenishmentOrder}


def test_each_till_is_wrong_by_seconds_of_its_own() -> None:
    behaviour = replace(FAULTY, late=0)
    by_till: defaultdict[tuple[str, str], set[timedelta]] = defaultdict(set)
    for line in of(Transaction, (sending.event for sending in bounded(simulation(behaviour)))):
        by_till[line.store_id, line.terminal_id].add(line.occurred_at - line.recorded_at)
    skews = [skew for skews in by_till.values() for skew in skews]
    assert len(skews) == len(by_till) == sum(len(store.terminals) for store in CHAIN.stores)
    assert len(set(skews)) > 1
    assert min(skews) < timedelta(0) < max(skews)
    assert all(abs(skew) <= timedelta(seconds=3) for skew in skews)
