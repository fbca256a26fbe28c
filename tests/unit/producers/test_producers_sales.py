"""The simulated chain: plausible, and the same for the same seed."""

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import Catalogue, catalogue
from producers.simulator.groceries import CATEGORIES
from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import Sending, sendings
from schemas.generated import Transaction

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
CHAIN = catalogue(seed=1)


def some(
    count: int,
    behaviour: Behaviour | None = None,
    seed: int = 1,
    chain: Catalogue = CHAIN,
    start: datetime = START,
) -> list[Sending]:
    """Return the first receipt lines of a chain with sales only."""
    only_sales = replace(behaviour or Behaviour(), counts=0, shrinkage=0, transfers=0)
    simulation = Simulation(catalogue=chain, behaviour=only_sales, seed=seed, start=start)
    timed_events = history(simulation, Shelves(), supplied=False)
    return list(islice(sendings(timed_events, simulation), count))


def line(sending: Sending) -> Transaction:
    """Return the receipt line that is sent."""
    assert isinstance(sending.event, Transaction)
    return sending.event


def test_the_same_seed_gives_the_same_chain() -> None:
    assert catalogue(seed=7) == catalogue(seed=7)
    assert catalogue(seed=7) != catalogue(seed=8)


def test_the_same_seed_and_start_give_the_same_lines() -> None:
    behaviour = Behaviour(duplicates=0.1, late=0.1)
    assert some(2_000, behaviour) == some(2_000, behaviour)
    assert some(50, behaviour) != some(50, behaviour, seed=2)


def test_two_runs_share_no_event() -> None:
    first = {sending.event.event_id for sending in some(500)}
    later = {sending.event.event_id for sending in some(500, start=START + timedelta(seconds=1))}
    another = {sending.event.event_id for sending in some(500, seed=2)}
    assert not first & (later | another)


@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 400))
def test_every_chain_keeps_the_contracts(seed: int, stores: int, skus: int) -> None:
    chain = catalogue(seed, stores, skus)
    for product in chain.products:
        product.validate()
        assert 0 < product.reorder_point < product.order_up_to
    assert len({product.sku for product in chain.products}) == skus
    for store in chain.stores:
        store.fact.validate()
        ZoneInfo(store.fact.time_zone)
    assert list(chain.facts) == [*(store.fact for store in chain.stores), *chain.products]
    assert len({store.store_id for store in chain.stores}) == stores
    for shipment in opening_stock(chain, seed, set(), START):
        shipment.validate()
    for sending in some(30, Behaviour(duplicates=0.2, late=0.2, returns=0.3), seed, chain):
        sending.event.validate()


def test_few_products_make_most_of_the_sales() -> None:
    sold = Counter(sending.event.sku for sending in some(20_000))
    best = sum(lines for _, lines in sold.most_common(len(CHAIN.products) // 10))
    assert 0.35 < best / sold.total() < 0.75
    assert len(sold) > 0.95 * len(CHAIN.products)


def test_shelves_are_planned_by_what_sells() -> None:
    ranked = sorted(
        zip(CHAIN.popularity, CHAIN.products, strict=True), key=lambda pair: pair[0], reverse=True
    )
    best, worst = ranked[0][1], ranked[-1][1]
    assert best.reorder_point > 5 * worst.reorder_point
    assert {product.category for product in CHAIN.products} == {c.name for c in CATEGORIES}


def test_only_what_was_sold_comes_back_and_only_once() -> None:
    sold: dict[tuple[str, str], int] = defaultdict(int)
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    returns = 0
    for sending in some(20_000, Behaviour(returns=0.4)):
        sale = line(sending)
        key = (sale.store_id, sale.sku)
        sold[key] += sale.quantity
        paid[key] += sale.line_amount
        returns += sale.quantity < 0
        assert sold[key] >= 0
        assert paid[key] >= 0
    assert returns > 500


def test_discounts_lower_what_is_paid_not_the_shelf_price() -> None:
    lines = [line(sending) for sending in some(5_000, Behaviour(discounts=0.2, returns=0))]
    prices = {product.sku: product.unit_price for product in CHAIN.products}
    assert all(sale.unit_price == prices[sale.sku] for sale in lines)
    discounted = sum(sale.line_amount < prices[sale.sku] * sale.quantity for sale in lines)
    assert 0.15 < discounted / len(lines) < 0.25


def test_the_rate_is_kept_and_a_rush_multiplies_it() -> None:
    calm = some(20_000, Behaviour(rate=50, burst_every=0))
    assert 45 < len(calm) / calm[-1].seconds < 55
    rushing = some(40_000, Behaviour(rate=50, burst_every=100, burst_factor=5))
    in_rush = sum(sending.seconds % 100 >= 90 for sending in rushing)
    assert 0.28 < in_rush / len(rushing) < 0.43  # 5 * 10 of 5 * 10 + 90 parts


def test_lines_are_sent_in_order_and_have_their_time() -> None:
    sendings = some(3_000)
    assert [s.seconds for s in sendings] == sorted(s.seconds for s in sendings)
    for sending in sendings:
        at = (line(sending).occurred_at - START).total_seconds()
        assert sending.seconds - 0.001 <= at <= sending.seconds
        assert line(sending).recorded_at == line(sending).occurred_at


def test_a_repeat_is_the_very_same_line() -> None:
    lines: dict[str, list[Transaction]] = defaultdict(list)
    for sending in some(10_000, Behaviour(duplicates=0.1)):
        lines[sending.event.event_id].append(line(sending))
    repeated = [same for same in lines.values() if len(same) > 1]
    assert 0.05 < len(repeated) / len(lines) < 0.15
    assert all(each == same[0] for same in repeated for each in same)


def test_a_late_line_is_sent_after_it_happened() -> None:
    sendings = some(10_000, Behaviour(late=0.1, late_seconds=45))
    delays = [s.seconds - (line(s).occurred_at - START).total_seconds() for s in sendings]
    late = [delay for delay in delays if delay > 0.01]
    assert 0.05 < len(late) / len(delays) < 0.15
    assert 30 < max(late) <= 45.001
    assert all(line(s).recorded_at >= line(s).occurred_at for s in sendings)
    order = [line(s).occurred_at for s in sendings]
    assert order != sorted(order)


def test_faults_do_not_change_what_is_sold() -> None:
    faulty = some(5_000, Behaviour(duplicates=0.1, late=0.1, late_seconds=5))
    first_ids = {sending.event.event_id for sending in some(1_000)}
    seen = {sending.event.event_id for sending in faulty}
    assert first_ids <= seen


def test_stock_is_opened_for_new_shelves_only_and_the_same_each_time() -> None:
    everything = list(opening_stock(CHAIN, 1, set(), START))
    assert len(everything) == len(CHAIN.stores) * len(CHAIN.products)
    known = {shipment.key() for shipment in random.Random(1).sample(everything, 1_000)}
    rest = list(opening_stock(CHAIN, 1, known, START))
    assert rest == [shipment for shipment in everything if shipment.key() not in known]
    products = {product.sku: product for product in CHAIN.products}
    for shipment in everything:
        product = products[shipment.sku]
        assert product.reorder_point < shipment.quantity <= product.order_up_to


@pytest.mark.parametrize("returns", [0.0, 1.0])
def test_extreme_behaviour_still_sell(returns: float) -> None:
    behaviour = replace(Behaviour(), returns=returns, duplicates=1.0, late=1.0)
    assert len(some(500, behaviour)) == 500
