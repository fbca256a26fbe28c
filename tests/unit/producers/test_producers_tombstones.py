"""The replenisher honours a tombstone at once, and counts what other stores have sent."""

from datetime import UTC

from connect.record_consumer import Tombstone
from producers.replenisher.replenisher import Replenisher
from producers.simulator.outstanding_orders import ORDER_PREFIX, OutstandingOrders
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, Shipment
from tests.support.replenishment_model import POINT, PRODUCT, START, TARGET, Movement, market
from tests.support.store_records import order


def in_transit(units: int) -> OpenTransfer:
    return OpenTransfer(
        transfer_id="t",
        from_store="S2",
        to_store="S1",
        sku="milk",
        shipped=units,
        received=0,
        in_transit=units,
        version=1,
    )


def test_a_withdrawn_product_is_ordered_no_more() -> None:
    there = market()
    there.supplier.put([Tombstone(Product, PRODUCT.key())])
    there.send(Movement("sale", -20))
    there.settle(30)
    assert not there.sent
    there.supplier.put([PRODUCT])
    there.settle(30)
    assert there.on_hand() == TARGET


def test_a_shelf_without_a_level_is_not_ordered_for() -> None:
    there = market()
    there.send(Movement("sale", -20))
    while any(there.topics.values()):
        there.process()
    there.supplier.put([there.level(), Tombstone(InventoryLevel, ("S1", "milk"))])
    for _ in range(5):
        there.wait(1)
        there.act()
    assert not there.sent


def test_an_order_whose_record_is_deleted_is_delivered_no_more_and_keeps_its_number() -> None:
    there = market()
    there.send(Movement("sale", -20))
    there.settle(3)
    (order,) = there.open_orders()
    there.supplier.put([Tombstone(OpenOrder, order.key())])
    there.settle(20)
    delivered = {one.order_id for one in there.sent if isinstance(one, Shipment)}
    (again,) = {one.order_id for one in there.sent} - {order.order_id}
    assert delivered == {again}
    assert len({one.event_id for one in there.sent}) == len(there.sent)


def test_what_other_stores_have_sent_is_not_ordered() -> None:
    there = market()
    there.supplier.put([in_transit(POINT)])
    there.send(Movement("sale", -20))
    there.settle(10)
    assert not there.sent
    there.supplier.put([Tombstone(OpenTransfer, in_transit(POINT).key())])
    there.settle(3)
    assert [one.quantity for one in there.sent] == [TARGET - 5]


def test_what_is_in_transit_lowers_the_order() -> None:
    there = market()
    there.supplier.put([in_transit(4)])
    there.send(Movement("sale", -20))
    there.settle(3)
    assert [one.quantity for one in there.sent] == [TARGET - 5 - 4]


def test_an_order_of_the_history_whose_record_is_deleted_is_not_delivered() -> None:
    outstanding = OutstandingOrders()
    left = order(f"{ORDER_PREFIX}x", 5, START)
    outstanding.put(left, START)
    outstanding.remove(*left.key())
    assert not list(outstanding.deliveries(START.replace(year=2027, tzinfo=UTC)))
    assert Replenisher(market().terms, market().reliability, UTC).under_way == 0
