"""Goods that are sold by weight in the simulated chain: plausible weights, prices and stock."""

from datetime import UTC, datetime
from itertools import islice

from producers.simulator.batch import bounded
from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import catalogue
from producers.simulator.simulation import Simulation
from schemas.generated import Shipment, StockCount, Transaction, Transfer

CHAIN = catalogue(7, 3, 60)
WEIGHED = {product.sku: product for product in CHAIN.products if product.unit is not None}
BEHAVIOUR = Behaviour(counts=0.05, shrinkage=0.1, transfers=0.1, discounts=0.0)
EVENTS = [
    sending.event
    for sending in islice(
        bounded(
            Simulation(
                catalogue=CHAIN,
                behaviour=BEHAVIOUR,
                seed=7,
                start=datetime(2026, 1, 5, 8, tzinfo=UTC),
                events=20_000,
            )
        ),
        20_000,
    )
]


def test_the_usual_catalogue_has_goods_by_weight() -> None:
    names = {product.name for product in catalogue(1).products if product.unit == "g"}
    for goods in ("tomatoes", "cheddar", "salmon"):
        assert any(goods in name for name in names)
    assert {product.unit for product in catalogue(1).products} == {"g", None}


def test_a_customer_takes_a_weight_that_a_scale_shows_and_pays_by_the_kilogram() -> None:
    lines = [e for e in EVENTS if isinstance(e, Transaction) and e.sku in WEIGHED]
    weights = [line.quantity for line in lines if line.quantity > 0]
    assert len(weights) > 100
    assert 200 < sum(weights) / len(weights) < 1000
    assert sum(weight % 10 != 0 for weight in weights) > len(weights) / 2
    assert max(weights) < 10_000
    for line in lines:
        price = WEIGHED[line.sku].unit_price
        if line.quantity > 0:
            assert abs(line.line_amount - price * line.quantity / 1000) <= 1


def test_shelves_of_weighed_goods_hold_kilograms() -> None:
    opened = {e.sku: e.quantity for e in EVENTS if isinstance(e, Shipment) and e.order_id is None}
    assert all(1000 < opened[sku] < 500_000 for sku in WEIGHED)
    assert all(2000 < product.order_up_to < 500_000 for product in WEIGHED.values())
    moved = [e.quantity for e in EVENTS if isinstance(e, Transfer) and e.sku in WEIGHED]
    assert moved
    assert min(moved) > 50
    assert any(isinstance(e, StockCount) and e.sku in WEIGHED for e in EVENTS)
