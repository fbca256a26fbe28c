"""The reorder point of a shelf: by its demand, or the product's own."""

from datetime import UTC, datetime, timedelta

from producers.replenisher.known_shelves import KnownShelf
from producers.replenisher.ordering_policy import OrderingPolicy, Terms
from producers.replenisher.shelf_orders import ShelfOrders
from schemas.generated import InventoryLevel, SalesByDay
from tests.support.replenishment_model import POINT, PRODUCT, TARGET
from views.open_items import OpenItems

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def shelf(on_hand: int) -> KnownShelf:
    """A shelf that has sold one unit a day for 28 days."""
    days = [NOW.date() - timedelta(days=back) for back in range(1, 29)]
    sales = tuple(
        SalesByDay(
            store_id="S1",
            sku=PRODUCT.sku,
            business_day=day.isoformat(),
            currency="EUR",
            units=1,
            revenue=PRODUCT.unit_price,
            version=1,
        )
        for day in days
    )
    level = InventoryLevel(
        store_id="S1",
        sku=PRODUCT.sku,
        on_hand=on_hand,
        sold=28,
        returned=0,
        received=28 + on_hand,
        version=29,
        last_movement_at=NOW,
    )
    return KnownShelf(level, PRODUCT, ShelfOrders(), OpenItems(), sales)


def test_known_demand_moves_the_reorder_point() -> None:
    policy = OrderingPolicy(Terms(day_seconds=10), UTC)
    assert policy.order(shelf(POINT), NOW) is None
    order = policy.order(shelf(0), NOW)
    assert order is not None
    assert order.quantity == TARGET - POINT + 1


def test_the_product_s_own_reorder_point_holds_when_it_is_chosen() -> None:
    policy = OrderingPolicy(Terms(by_demand=False), UTC)
    assert policy.order(shelf(POINT + 1), NOW) is None
    order = policy.order(shelf(POINT), NOW)
    assert order is not None
    assert order.quantity == TARGET - POINT
