"""The supplier never sends twice for one need, whatever levels it sees and how often it starts."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from producers.supply.needs import MOST_UNITS, Need, Needs
from producers.supply.shelves import Shelves
from schemas.generated import InventoryLevel, Product

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
PRODUCT = Product(
    sku="milk",
    name="Milk",
    category="Dairy",
    unit_price=Decimal("1.19"),
    reorder_point=10,
    order_up_to=30,
    lead_time=2,
)


def level(received: int, sold: int, version: int = 1, sku: str = "milk") -> InventoryLevel:
    return InventoryLevel(
        store_id="S1",
        sku=sku,
        on_hand=received - sold,
        sold=sold,
        returned=0,
        received=received,
        version=version,
        last_movement_at=NOW,
    )


levels = st.builds(
    level,
    received=st.integers(0, 60),
    sold=st.integers(0, 80),
    version=st.integers(1, 40),
    sku=st.sampled_from(["milk", "rolls"]),
)


@given(st.lists(levels, max_size=60))
def test_never_two_shipments_for_one_need(seen: list[InventoryLevel]) -> None:
    needs = Needs()
    made = [need for one in seen if (need := needs.of(one, PRODUCT))]
    ids = [need.event_id for need in made]
    assert len(ids) == len(set(ids))
    for store_sku in {(need.store_id, need.sku) for need in made}:
        received = [n.received for n in made if (n.store_id, n.sku) == store_sku]
        assert received == sorted(received)


@given(
    st.lists(st.one_of(levels, st.just(PRODUCT), st.just(replace(PRODUCT, sku="rolls")))),
    st.sets(st.integers(0, 60)),
)
def test_a_supplier_that_starts_again_sends_the_same_event(
    records: list[InventoryLevel | Product], restarts: set[int]
) -> None:
    """What it sends for one event_id answers one need, and is never more than fills the shelf."""
    shelves = Shelves()
    sent: dict[str, list[Need]] = {}
    for number, record in enumerate(records):
        if number in restarts:
            shelves = Shelves()
            shelves.put(records[:number])
        shelves.put([record])
        for need in shelves.needs():
            sent.setdefault(need.event_id, []).append(need)
    for needs in sent.values():
        assert len({(n.store_id, n.sku, n.received) for n in needs}) == 1
        assert len(needs) <= 1 + len(restarts)


@given(st.lists(st.integers(1, 25), min_size=1, max_size=40))
def test_a_shelf_is_always_filled_again(sales: list[int]) -> None:
    """A supplier whose goods arrive before the next customer keeps the shelf above its point."""
    shelves = Shelves()
    shelves.put([PRODUCT])
    received, sold, version = 30, 0, 1
    for units in sales:
        sold += units
        version += 1
        shelves.put([level(received, sold, version)])
        for need in shelves.needs():
            assert need.quantity == PRODUCT.order_up_to - (received - sold)
            received += need.quantity
            version += 1
            shelves.put([level(received, sold, version)])
        assert not list(shelves.needs())
        assert received - sold > PRODUCT.reorder_point


def test_nothing_is_ordered_above_the_reorder_point() -> None:
    assert Needs().of(level(30, 19), PRODUCT) is None
    need = Needs().of(level(30, 20), PRODUCT)
    assert need is not None
    assert (need.quantity, need.lead_time) == (20, 2)
    assert need.event_id == "replenish:S1:milk:30"
    assert need.order_id == "order:S1:milk:30"


def test_an_old_level_shows_no_need() -> None:
    shelves = Shelves()
    shelves.put([PRODUCT, level(60, 20, version=9), level(30, 25, version=5)])
    assert not list(shelves.needs())


def test_a_shelf_waits_for_its_product() -> None:
    shelves = Shelves()
    shelves.put([level(30, 25)])
    assert not list(shelves.needs())
    shelves.put([PRODUCT])
    assert [need.quantity for need in shelves.needs()] == [25]


def test_a_raised_reorder_point_is_seen_at_once() -> None:
    shelves = Shelves()
    shelves.put([PRODUCT, level(30, 15)])
    assert not list(shelves.needs())
    shelves.put([replace(PRODUCT, reorder_point=20)])
    assert [need.quantity for need in shelves.needs()] == [15]


def test_an_order_is_dropped_when_other_goods_have_come() -> None:
    shelves = Shelves()
    shelves.put([PRODUCT, level(0, 3, version=1)])
    (need,) = shelves.needs()
    assert shelves.stands(need)
    shelves.put([level(30, 3, version=2)])
    assert not shelves.stands(need)


def test_what_no_shipment_can_hold_is_the_next_need() -> None:
    needs = Needs()
    empty = level(0, 2**40)
    first = needs.of(empty, PRODUCT)
    assert first is not None
    assert first.quantity == MOST_UNITS
    second = needs.of(level(MOST_UNITS, 2**40, version=2), PRODUCT)
    assert second is not None
    assert second.quantity == MOST_UNITS
