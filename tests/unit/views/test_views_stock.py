"""Status at every boundary."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from schemas.generated import InventoryLevel, Product
from views.stock import Status, status

PRODUCT = Product(
    sku="milk",
    name="Milk",
    category="Dairy",
    unit_price=Decimal("1.19"),
    reorder_point=10,
    order_up_to=30,
    lead_time=2,
)
LEVEL = InventoryLevel(
    store_id="S1",
    sku="milk",
    on_hand=0,
    sold=0,
    returned=0,
    received=0,
    version=1,
    last_movement_at=datetime(2026, 5, 1, tzinfo=UTC),
)
BOUNDARIES = {
    -(2**62): "negative",
    -1: "negative",
    0: "out",
    1: "low",
    10: "low",
    11: "ok",
    30: "ok",
    31: "over",
    2**62: "over",
}


@pytest.mark.parametrize(("on_hand", "expected"), BOUNDARIES.items())
def test_status_at_each_boundary(on_hand: int, expected: str) -> None:
    assert status(replace(LEVEL, on_hand=on_hand), PRODUCT) == expected


@pytest.mark.parametrize(("on_hand", "expected"), [(-1, "negative"), (0, "out"), (99, "unknown")])
def test_status_without_a_product(on_hand: int, expected: str) -> None:
    assert status(replace(LEVEL, on_hand=on_hand), None) == expected


def test_low_takes_precedence_over_a_target_below_the_reorder_point() -> None:
    odd = replace(PRODUCT, order_up_to=5)
    assert status(replace(LEVEL, on_hand=10), odd) == "low"
    assert status(replace(LEVEL, on_hand=11), odd) == "over"


def test_the_most_urgent_status_comes_first() -> None:
    assert [one.value for one in Status] == ["negative", "out", "low", "ok", "over", "unknown"]
