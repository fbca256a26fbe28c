"""The simulated chain's goods: transfers, deliveries and the true stock."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any

from producers.simulator.batch import bounded
from producers.simulator.behaviour import Behaviour
from producers.simulator.outstanding_transfers import LONGEST_DAYS, OutstandingTransfers
from producers.simulator.simulated_shelves import Shelves
from schemas.generated import (
    InventoryLevel,
    OpenTransfer,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transfer,
)
from tests.support.simulated import FAULTY, START, first_deliveries, of, simulation, steps


def test_a_transfer_never_brings_more_than_was_sent_and_some_bring_less() -> None:
    behaviour = replace(FAULTY, transfers=0.2, transfers_late=0.2, transfers_short=0.3)
    legs = of(Transfer, first_deliveries(s.event for s in bounded(simulation(behaviour))))
    shipped = {leg.transfer_id: leg for leg in legs if leg.phase == "shipped"}
    received = {leg.transfer_id: leg for leg in legs if leg.phase == "received"}
    lost = {leg.transfer_id: leg for leg in legs if leg.phase == "lost"}
    assert len(shipped) + len(received) + len(lost) == len(legs)
    assert received.keys() <= shipped.keys()
    assert lost.keys() <= shipped.keys()
    day = simulation(behaviour).day_seconds
    short = late = 0
    for transfer_id, sent in shipped.items():
        assert sent.from_store != sent.to_store
        came = received.get(transfer_id)
        short += came is None or came.quantity < sent.quantity
        if came is None:
            continue
        assert 1 <= came.quantity <= sent.quantity
        assert came.occurred_at > sent.occurred_at
        late += (came.occurred_at - sent.occurred_at).total_seconds() > day
        assert (came.from_store, came.to_store, came.sku) == (
            sent.from_store,
            sent.to_store,
            sent.sku,
        )
    for transfer_id, gone in lost.items():
        came = received.get(transfer_id)
        units = came.quantity if came else 0
        assert gone.quantity + units == shipped[transfer_id].quantity
        assert came is None or gone.occurred_at > came.occurred_at
    # Some are still under way at the end.
    assert 0.2 < short / len(shipped) < 0.5
    assert 0.08 < late / len(shipped) < 0.3


def test_an_order_brings_no_more_than_was_ordered_and_the_supplier_fails_as_often_as_set() -> None:
    shares = {"cancelled": 0.1, "late": 0.2, "short": 0.15, "split": 0.2}
    behaviour = replace(
        FAULTY,
        orders_cancelled=shares["cancelled"],
        deliveries_late=shares["late"],
        deliveries_short=shares["short"],
        deliveries_split=shares["split"],
    )
    events = first_deliveries(s.event for s in bounded(simulation(behaviour, events=20_000)))
    orders = {o.order_id: o for o in of(ReplenishmentOrder, events) if o.status == "placed"}
    given_up = {o.order_id: o for o in of(ReplenishmentOrder, events) if o.status == "cancelled"}
    parts: defaultdict[str, list[Shipment]] = defaultdict(list)
    for shipment in of(Shipment, events):
        if shipment.order_id is not None:
            parts[shipment.order_id].append(shipment)
    assert given_up.keys() | parts.keys() <= orders.keys()
    over = [order_id for order_id in orders if order_id in given_up or order_id in parts]
    seen: Counter[str] = Counter()
    for order_id in over:
        order, came = orders[order_id], parts[order_id]
        assert all((s.store_id, s.sku) == (order.store_id, order.sku) for s in came)
        units = sum(shipment.quantity for shipment in came)
        assert units <= order.quantity
        if order_id in given_up:
            seen["short" if came else "cancelled"] += 1
            assert given_up[order_id].quantity + units == order.quantity
        seen["split"] += len(came) > 1
        seen["late"] += any(s.occurred_at > order.expected_at for s in came[:1])
        assert order.expected_at > order.occurred_at
    assert len(over) > 300
    # Few units can be neither short nor split.
    for name, share in shares.items():
        assert 0.4 * share < seen[name] / len(over) < 1.5 * share, (name, seen, len(over))


def disagreements(behaviour: Behaviour) -> tuple[int, int]:
    """Return (counts that differ from the recorded stock, counts) of shelves never below 0.

    Of two counts at one time, only the latest is compared.
    """
    behaviour = replace(behaviour, late=0, duplicates=0, clock_skew=0)
    events = [sending.event for sending in bounded(simulation(behaviour))]
    holds = {
        (c.store_id, c.sku, c.counted_at): c for c in sorted(of(StockCount, events), key=by_id)
    }
    booked: defaultdict[tuple[str, str], int] = defaultdict(int)
    below: set[tuple[str, str]] = set()
    differ = total = 0
    for event in events:
        for key, units in steps(event):
            booked[key] += units
            if booked[key] < 0:
                below.add(key)
        if isinstance(event, StockCount) and holds[(*event.key(), event.counted_at)] is event:
            if event.key() not in below:
                total += 1
                differ += booked[event.key()] != event.quantity
            booked[event.key()] = event.quantity
            below.discard(event.key())
    return differ, total


def by_id(event: Any) -> str:
    return str(event.event_id)


def test_counts_disagree_with_the_books_exactly_because_of_unrecorded_changes() -> None:
    differ, total = disagreements(replace(FAULTY, unrecorded=0.0))
    assert total > 150
    assert differ == 0
    differ, total = disagreements(replace(FAULTY, unrecorded=0.5, shrinkage=0.1))
    assert 0.3 < differ / total < 0.95


def test_deliveries_of_others_reach_the_true_shelf_once() -> None:
    shelves = Shelves()
    level = InventoryLevel(
        store_id="S1",
        sku="milk",
        on_hand=-2,
        sold=12,
        returned=0,
        received=10,
        version=5,
        last_movement_at=START,
    )
    shelves.restore(level)
    shelf = shelves[level.key()]
    assert (shelf.booked, shelf.stands) == (-2, 0)
    shelves.follow(level)
    shelf.move(-1)
    for _ in range(2):
        shelves.follow(replace(level, received=30, on_hand=18))
    assert (shelf.booked, shelf.stands) == (17, 20)
    shelves.follow(level)
    assert (shelf.booked, shelf.stands) == (17, 20)


def test_every_short_transfer_is_closed_in_the_end() -> None:
    behaviour = replace(FAULTY, transfers=0.2, transfers_short=0.3, duplicates=0, late=0)
    chain = simulation(behaviour)
    events = [sending.event for sending in bounded(chain)]
    longest = timedelta(seconds=LONGEST_DAYS * chain.day_seconds)
    end = max(event.recorded_at for event in events)
    in_transit: Counter[str] = Counter()
    shipped_at = {}
    for leg in of(Transfer, events):
        in_transit[leg.transfer_id] += leg.quantity if leg.phase == "shipped" else -leg.quantity
        if leg.phase == "shipped":
            shipped_at[leg.transfer_id] = leg.occurred_at
    assert min(in_transit.values()) == 0
    ended = [one for one, at in shipped_at.items() if at < end - longest]
    assert len(ended) > 100
    assert not any(in_transit[one] for one in ended)


def test_transfers_that_an_earlier_simulation_left_in_transit_are_ended_once() -> None:
    chain = simulation()
    outstanding = OutstandingTransfers(chain)
    day = timedelta(seconds=chain.day_seconds)

    def put(transfer_id: str, received: int, version: int = 1) -> None:
        outstanding.put(
            OpenTransfer(
                transfer_id=transfer_id,
                from_store="north",
                to_store="south",
                sku="milk",
                shipped=9,
                received=received,
                lost=0,
                in_transit=9 - received,
                version=version,
            ),
            START,
        )

    put("transfer:history-1-x-1", 0)
    put("transfer:1-20260101T000000000-1", 7)
    put("transfer:1-20260101T000000000-2", 0)
    put("transfer:1-20260101T000000000-2", 9, version=2)
    put(f"transfer:{chain.run}-1", 0)
    put("of another system", 0)
    assert not list(outstanding.ended(START + 7 * day))
    legs = {
        (leg.transfer_id, leg.phase, leg.quantity) for leg in outstanding.ended(START + 9 * day)
    }
    assert legs == {
        ("transfer:history-1-x-1", "received", 9),
        ("transfer:1-20260101T000000000-1", "lost", 2),
    }
    put("transfer:history-1-x-1", 0)
    assert not list(outstanding.ended(START + 99 * day))
    outstanding.remove("transfer:history-1-x-1", "north", "south", "milk")
    put("transfer:history-1-x-1", 5)
    assert [leg.phase for leg in outstanding.ended(START + 9 * day)] == ["lost"]
