"""Every need is ordered once, however late and out of order the records are read.

The supplier runs in a model of the topics and the job (tests/support/replenishment_model.py)
that restarts it and delays levels, open orders and its own events at random.
"""

from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from producers.replenisher.order_ids import shelf_id
from producers.replenisher.ordering_policy import MAX_UNITS
from producers.replenisher.replenisher import Replenisher
from producers.replenisher.shelf_orders import ShelfOrders
from producers.supplier_behaviour import Reliability
from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment
from tests.support import store_records
from tests.support.replenishment_model import (
    POINT,
    PRODUCT,
    START,
    TARGET,
    WHOLE,
    Market,
    Movement,
    live,
    market,
    reliabilities,
)

LONG = 400
"""Seconds in which the latest delivery comes, and the shelf is ordered for again and again."""


def of(there: Market, status: str) -> list[ReplenishmentOrder]:
    orders = [one for one in there.arrived if isinstance(one, ReplenishmentOrder)]
    return [one for one in orders if one.status == status]


@example(seed=313, fails=WHOLE, pack=1)  # a restart between a withdrawal and its effect
@given(st.integers(0, 2**32), reliabilities, st.sampled_from([1, 6]))
def test_one_need_is_never_ordered_twice(seed: int, fails: Reliability, pack: int) -> None:
    """Each order that counts is placed at or below the point, and fills up to the target."""
    there = market(seed, fails, pack)
    live(there, 400)
    for before, after in there.positions:
        assert before <= POINT
        assert after < TARGET + pack


@given(st.integers(0, 2**32), reliabilities, st.booleans())
def test_no_shelf_is_blocked_and_no_order_stays_open(
    seed: int, fails: Reliability, others: bool
) -> None:
    there = market(seed, replace(fails, cancelled=min(fails.cancelled, 0.3)), 1)
    live(there, 250, others)
    there.settle(LONG)
    assert not there.open_orders()
    assert there.on_hand() > POINT


@given(st.integers(0, 2**32), reliabilities)
def test_no_order_brings_more_than_was_ordered(seed: int, fails: Reliability) -> None:
    """Only ordered goods are delivered; repeats after a restart are equal."""
    there = market(seed, fails)
    live(there, 400, others=True)
    ordered = {one.order_id: one.quantity for one in of(there, "placed")}
    came: dict[str, int] = dict.fromkeys(ordered, 0)
    for one in there.arrived:
        if isinstance(one, Shipment):
            assert one.order_id is not None
            came[one.order_id] += one.quantity
    assert all(came[order_id] <= units for order_id, units in ordered.items())


def test_an_order_is_seen_as_open_before_its_goods_are_sent() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(4)
    (order,) = there.open_orders()
    assert (order.ordered, order.received) == (TARGET - 5, 0)
    assert not [one for one in there.sent if isinstance(one, Shipment)]
    assert order.expected_at is not None
    assert timedelta(seconds=6) <= order.expected_at - START <= timedelta(seconds=15)
    there.settle(6)
    (shipment,) = [one for one in there.sent if isinstance(one, Shipment)]
    assert shipment.order_id == order.order_id
    assert shipment.occurred_at >= order.expected_at
    assert there.on_hand() == TARGET


def test_a_restarted_supplier_goes_on_with_the_open_orders() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(4)
    there.start()
    there.settle(10)
    assert not there.open_orders()
    assert len(of(there, "placed")) == 1
    assert there.on_hand() == TARGET


def test_a_restarted_supplier_that_sees_nothing_of_its_order_places_the_same_event() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.process()
    there.publish()
    while any(there.unpublished.values()):
        there.publish()
    for _ in range(3):
        there.start()
        for _ in range(4):
            there.wait(1.0)
            there.act()
    assert len(there.sent) == 3
    assert len(set(there.sent)) == 1


def test_a_supplier_that_starts_after_its_orders_have_ended_orders_again() -> None:
    there = market()
    for number in range(3):
        there.send(Movement(f"sale-{number}", -25))
        there.settle(20)
    there.end()
    there.settle(1)
    there.start()
    there.send(Movement("sale", -25))
    there.settle(20)
    orders = of(there, "placed")
    assert len({order.event_id for order in orders}) == len(orders) == 4
    assert there.on_hand() == TARGET


def test_no_order_is_waited_for_that_has_ended_before_an_older_open_one() -> None:
    orders, shelf = ShelfOrders(), shelf_id("S1", "milk")
    for number, remaining in ((3, 1), (5, 0)):
        name = f"replenish:{shelf}:{number}:0"
        orders.put(store_records.order(name, remaining, sku="milk"))
    assert not orders.complete
    orders.begin([7], received=99)
    assert (orders.last, orders.complete) == (6, True)
    assert [number for number in range(1, 8) if not orders.finished(number)] == [3, 7]
    assert orders.received() == 99


def test_what_is_still_short_is_cancelled_and_ordered_again() -> None:
    there = market(reliability=replace(WHOLE, short=1.0))
    there.send(Movement("sale", -25))
    there.settle(LONG)
    first = of(there, "placed")[0]
    (end,) = [one for one in of(there, "cancelled") if one.order_id == first.order_id]
    parts = [o for o in there.arrived if isinstance(o, Shipment) and o.order_id == first.order_id]
    assert 1 <= sum(one.quantity for one in parts) == first.quantity - end.quantity
    assert there.arrived.index(end) > there.arrived.index(parts[-1])
    assert there.on_hand() > POINT


def test_a_count_that_shows_less_is_a_need_although_nothing_was_received() -> None:
    there = market()
    there.send(Movement("count", -20))
    there.settle(30)
    there.send(Movement("count again", -25))
    there.settle(30)
    assert [one.quantity for one in of(there, "placed")] == [25, 25]


def test_orders_follow_one_another_while_goods_are_under_way() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(4)
    there.send(Movement("more sales", -22))
    there.settle(3)
    assert [order.remaining for order in there.open_orders()].count(0) == 0
    assert sorted(order.ordered for order in there.open_orders()) == [22, 25]
    there.settle(20)
    assert there.on_hand() == TARGET


def test_a_shelf_that_others_have_filled_is_not_filled_again() -> None:
    there = market()
    there.send(Movement("sale", -28))
    there.settle(4)
    assert len(there.open_orders()) == 1
    there.send(Movement("from others", 33 + 21, delivery=True))
    there.settle(30)
    assert not there.open_orders()
    assert len(of(there, "cancelled")) == 1
    assert there.on_hand() == 51


def test_a_need_that_no_order_can_say_is_several_orders() -> None:
    there = market()
    there.send(Movement("flood", -(2 * MAX_UNITS + 22)))
    there.settle(60)
    first, second, third = (one.quantity for one in of(there, "placed"))
    assert (first, second) == (MAX_UNITS, MAX_UNITS)
    assert third == 27
    assert there.on_hand() == TARGET


def test_goods_that_others_have_ordered_are_waited_for_and_not_sent() -> None:
    there = market()
    theirs = OpenOrder(
        order_id="theirs",
        store_id="S1",
        sku="milk",
        ordered=30,
        received=0,
        remaining=30,
        cancelled=False,
        expected_at=START,
        version=1,
    )
    there.supplier.put([theirs])
    there.send(Movement("sale", -20))
    there.settle(30)
    assert not there.sent


def test_a_raised_reorder_point_is_seen() -> None:
    there = market()
    there.settle(5)
    assert not there.sent
    there.supplier.put([replace(PRODUCT, reorder_point=25)])
    there.settle(5)
    assert [one.quantity for one in there.sent] == [5]


def test_a_shelf_waits_for_its_product() -> None:
    there = market()
    there.supplier = Replenisher(there.terms, WHOLE, UTC)
    there.send(Movement("sale", -20))
    there.settle(5)
    assert not there.sent
    there.supplier.put([PRODUCT])
    there.settle(5)
    assert len(there.sent) == 1


def test_no_two_shelves_share_a_name() -> None:
    assert shelf_id("a:b", "c") != shelf_id("a", "b:c")
    assert shelf_id("a", "b") != shelf_id("b", "a")
    assert len(shelf_id("s" * 100, "k" * 100)) == len(shelf_id("s", "k"))
