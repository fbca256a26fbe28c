"""The history that an empty installation begins with: recorded now, in order, a sane stock."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import catalogue
from producers.simulator.outstanding_orders import OutstandingOrders
from producers.simulator.past import COUNT_DAYS, LAST_HOUR, Past, past, past_events
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from schemas.generated import (
    EVENTS,
    OpenOrder,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from tests.support.simulated import of, steps, when
from views.demand import ENOUGH

NOW = datetime(2026, 11, 26, 0, 45, tzinfo=UTC)
DAYS = 28
LIMIT = timedelta(days=7)
LIVE = Simulation(catalogue=catalogue(seed=1), behaviour=Behaviour(), seed=1, start=NOW)


def begin(live: Simulation = LIVE, limit: timedelta | None = LIMIT) -> Past:
    return past(live, DAYS, ZoneInfo("UTC"), limit)


@pytest.fixture(scope="module")
def shelves() -> Shelves:
    return Shelves()


@pytest.fixture(scope="module")
def events(shelves: Shelves) -> list[Any]:
    return list(past_events(begin(), shelves))


def still_open(events: list[Any]) -> dict[str, ReplenishmentOrder]:
    """The orders of which something is to come, by order_id."""
    placed = {o.order_id: o for o in of(ReplenishmentOrder, events) if o.status == "placed"}
    received: Counter[str] = Counter()
    for shipment in of(Shipment, events):
        if shipment.order_id is not None:
            received[shipment.order_id] += shipment.quantity
    over = {o.order_id for o in of(ReplenishmentOrder, events) if o.status == "cancelled"}
    return {
        order_id: order
        for order_id, order in placed.items()
        if order_id not in over and received[order_id] < order.quantity
    }


def test_the_same_start_gives_the_same_events_and_no_id_of_the_live_chain(
    events: list[Any],
) -> None:
    assert list(past_events(begin(), Shelves())) == events
    ids = [event.event_id for event in events]
    assert len(set(ids)) == len(ids)
    for event in events:
        opening = isinstance(event, Shipment) and event.order_id is None
        assert event.event_id.startswith("opening:1:") if opening else True
        assert opening or ":history-1-" in event.event_id


def test_there_are_as_many_events_as_the_first_minute_can_take(events: list[Any]) -> None:
    assert 15_000 < len(events) < 25_000
    assert {type(event) for event in events} == set(EVENTS)


def test_all_events_lie_in_the_days_before_now_and_are_recorded_now(events: list[Any]) -> None:
    for event in events:
        event.validate()
        assert event.recorded_at == NOW
        assert NOW - timedelta(days=DAYS) <= when(event) <= NOW


def test_events_are_sent_in_order_of_time_but_for_some_late_counts(events: list[Any]) -> None:
    times = [when(event) for event in events]
    late = next(n for n, time in enumerate(times) if n and time < times[n - 1])
    assert times[:late] == sorted(times[:late])
    assert 3 < len(times[late:]) < 30
    for count in events[late:]:
        assert isinstance(count, StockCount)
        assert count.counted_at < NOW - LAST_HOUR


@pytest.mark.parametrize("limit", [None, LIMIT, timedelta(days=2)])
def test_no_count_is_older_than_the_job_accepts(limit: timedelta | None) -> None:
    counts = of(StockCount, list(past_events(begin(limit=limit), Shelves())))
    age = max(NOW - count.counted_at for count in counts)
    assert timedelta(hours=1) < age <= timedelta(days=COUNT_DAYS)
    assert limit is None or age < limit


@pytest.mark.parametrize("limit", [timedelta(seconds=1), timedelta(hours=1)])
def test_a_short_limit_of_late_counts_leaves_no_counts(limit: timedelta) -> None:
    events = list(past_events(begin(limit=limit), Shelves()))
    assert len(of(Transaction, events)) > 1_000
    assert not of(StockCount, events)


@pytest.mark.parametrize(
    "now",
    [datetime(2026, 10, 31, 22, 30, tzinfo=UTC), datetime(2026, 4, 4, 22, 30, tzinfo=UTC)],
    ids=["weeks after the clock went back", "weeks after it went forward"],
)
def test_every_day_is_once_in_the_calendar_around_a_change_of_the_clock(now: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    calendar = past(replace(LIVE, start=now), 28, zone, None).calendar
    days = [hours.opens.astimezone(zone).date() for hours in calendar[:-1]]
    assert days == sorted(set(days))
    assert all(a.closes <= b.opens for a, b in pairwise(calendar))
    assert (days[-1] - days[0]).days + 1 == len(days)


def test_every_panel_of_the_first_page_has_something_to_show(events: list[Any]) -> None:
    sales = of(Transaction, events)
    assert any(line.quantity < 0 for line in sales)
    stores = [store.store_id for store in LIVE.catalogue.stores]
    for store in stores:
        recent = [s for s in sales if s.store_id == store and s.occurred_at > NOW - LAST_HOUR]
        assert len({line.occurred_at.replace(second=0, microsecond=0) for line in recent}) > 30
        assert len({line.sku for line in recent}) > 10
        assert any(order.store_id == store for order in still_open(events).values())
    days = {line.occurred_at.date() for line in sales}
    assert len(days) >= DAYS
    shipped = {leg.transfer_id for leg in of(Transfer, events) if leg.phase == "shipped"}
    received = {leg.transfer_id for leg in of(Transfer, events) if leg.phase == "received"}
    assert shipped > received > set()


def test_half_of_the_shelves_have_sold_for_long_enough_to_know_their_demand(
    events: list[Any],
) -> None:
    first: dict[tuple[str, str], datetime] = {}
    for line in of(Transaction, events):
        first.setdefault(line.key(), line.occurred_at)
    known = sum((NOW.date() - time.date()).days >= ENOUGH for time in first.values())
    assert known > len(LIVE.catalogue.stores) * len(LIVE.catalogue.products) / 2


def test_the_shelves_are_left_as_the_events_say(events: list[Any], shelves: Shelves) -> None:
    anchors = {count.key(): count for count in sorted(of(StockCount, events), key=rank)}
    levels: defaultdict[tuple[str, str], int] = defaultdict(int)
    same_moment: set[tuple[str, str]] = set()
    for key, count in anchors.items():
        levels[key] = count.quantity
    for event in events:
        for key, units in steps(event):
            if key not in anchors or when(event) > anchors[key].counted_at:
                levels[key] += units
            elif when(event) == anchors[key].counted_at:
                # The simulator knows which came first; the definitions do not.
                same_moment.add(key)
    assert len(same_moment) < 5
    booked = {key: shelves[key].booked for key in shelves}
    assert booked.keys() == levels.keys()
    assert all(booked[key] == levels[key] for key in booked.keys() - same_moment)


def rank(count: StockCount) -> tuple[datetime, str]:
    return count.counted_at, count.event_id


def test_some_shelves_are_low_few_are_empty_and_none_is_absurd(
    events: list[Any], shelves: Shelves
) -> None:
    products = {product.sku: product for product in LIVE.catalogue.products}
    booked = {key: shelves[key].booked for key in shelves}
    low = sum(units <= products[key[1]].reorder_point for key, units in booked.items())
    assert len(booked) / 20 < low < len(booked) / 3
    assert 1 <= sum(units <= 0 for units in booked.values()) < 20
    portion = LIVE.catalogue.portion
    assert min(units / portion(key[1]) for key, units in booked.items()) > -50
    assert all(units <= 2 * products[key[1]].order_up_to for key, units in booked.items())
    ordered: Counter[tuple[str, str]] = Counter()
    for order in still_open(events).values():
        ordered[order.store_id, order.sku] += order.quantity
    # What is low is ordered already: a replenisher has nearly nothing to add.
    missing = [
        key
        for key, units in booked.items()
        if units + ordered[key] <= products[key[1]].reorder_point
    ]
    assert len(missing) < 20


def test_open_orders_are_expected_within_minutes(events: list[Any]) -> None:
    orders = still_open(events).values()
    assert len(orders) > 50
    assert any(order.expected_at < NOW for order in orders)
    assert max(order.expected_at for order in orders) < NOW + timedelta(minutes=5)


def order(
    order_id: str, remaining: int, version: int = 1, expected_at: datetime | None = NOW
) -> OpenOrder:
    return OpenOrder(
        order_id=order_id,
        store_id="S1",
        sku="milk",
        ordered=30,
        received=30 - remaining,
        remaining=remaining,
        cancelled=False,
        expected_at=expected_at,
        version=version,
    )


def test_an_open_order_of_the_history_is_delivered_once_and_whole() -> None:
    outstanding = OutstandingOrders()
    outstanding.put(order("order:history-1-x-1", 30), NOW)
    outstanding.put(order("order:history-1-x-1", 20, version=2), NOW)
    outstanding.put(order("order:history-1-x-2", 5), NOW)
    outstanding.put(order("order:history-1-x-2", 0, version=2), NOW)
    outstanding.put(order("replenish:1:1:0", 30), NOW)
    assert not list(outstanding.deliveries(NOW + timedelta(seconds=20)))
    (shipment,) = outstanding.deliveries(NOW + timedelta(minutes=3))
    assert (shipment.order_id, shipment.quantity) == ("order:history-1-x-1", 20)
    outstanding.put(order("order:history-1-x-1", 20, version=2), NOW)
    assert not list(outstanding.deliveries(NOW + timedelta(minutes=9)))


def test_a_job_that_publishes_lower_versions_again_delivers_nothing_twice() -> None:
    outstanding = OutstandingOrders()
    for remaining, version in [(10, 1), (0, 2), (10, 1)]:
        outstanding.put(order("order:history-1-x-1", remaining, version), NOW)
    assert not list(outstanding.deliveries(NOW + timedelta(minutes=9)))


def test_a_restarted_simulator_delivers_with_the_same_event_id() -> None:
    ids = set()
    for _ in range(2):
        outstanding = OutstandingOrders()
        outstanding.put(order("order:history-1-x-1", 30, expected_at=None), NOW)
        ids |= {each.event_id for each in outstanding.deliveries(NOW + timedelta(minutes=3))}
    assert len(ids) == 1


def test_time_runs_at_the_live_pace_after_the_end() -> None:
    history = begin()
    assert history.at(history.length) == NOW
    assert history.at(history.length + 60) == NOW + timedelta(minutes=1)
