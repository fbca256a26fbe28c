"""Velocity, reorder point and order, compared with hand calculation and plain arithmetic."""

import math
import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.generated import InventoryLevel, OpenOrder, Product, SalesByDay
from tests.support.store_records import transfer
from views import demand
from views.demand import Policy, Velocity

TODAY = date(2026, 5, 1)
PRODUCT = Product(
    sku="milk",
    name="Milk",
    category="Dairy",
    unit_price=Decimal("1.19"),
    reorder_point=10,
    order_up_to=30,
    lead_time=2,
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def sales(days_ago: int, units: int, currency: str = "EUR") -> SalesByDay:
    return SalesByDay(
        store_id="S1",
        sku="milk",
        currency=currency,
        business_day=ago(days_ago).isoformat(),
        units=units,
        revenue=Decimal(0),
        version=1,
    )


def level(on_hand: int) -> InventoryLevel:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    return InventoryLevel(
        store_id="S1",
        sku="milk",
        on_hand=on_hand,
        sold=0,
        returned=0,
        received=0,
        version=1,
        last_movement_at=now,
    )


def order(remaining: int) -> OpenOrder:
    return OpenOrder(
        order_id="o",
        store_id="S1",
        sku="milk",
        ordered=99,
        received=99 - remaining,
        remaining=remaining,
        cancelled=False,
        expected_at=None,
        version=1,
    )


by_day = st.dictionaries(
    st.tuples(st.integers(-2, 50), st.sampled_from(["EUR", "CHF"])), st.integers(-9, 40)
)
velocities = st.builds(
    Velocity, st.integers(-50, 5_000), st.integers(0, 42), st.floats(0, 100, allow_nan=False)
)
service_levels = st.floats(0.5, 0.9999)
lead_times = st.floats(0, 60)


@given(by_day, st.sets(st.integers(-2, 50)))
def test_velocity_is_net_units_over_the_days_in_stock_of_42(
    sold: dict[tuple[int, str], int], stocked: set[int]
) -> None:
    rows = [sales(days_ago, units, currency) for (days_ago, currency), units in sold.items()]
    velocity = demand.velocity(rows, {ago(days) for days in stocked}, TODAY)
    units = []
    for days_ago in range(1, 43):
        net = sold.get((days_ago, "EUR"), 0) + sold.get((days_ago, "CHF"), 0)
        if days_ago in stocked or net > 0:
            units.append(net)
    assert (velocity.units, velocity.days) == (sum(units), len(units))
    assert velocity.thin == (len(units) < 21)
    if units:
        assert velocity.per_day == pytest.approx(max(sum(units), 0) / len(units))
    else:
        assert velocity.per_day is None
    if len(units) > 1:
        assert velocity.deviation == pytest.approx(statistics.stdev(units))


def test_days_out_of_stock_do_not_count() -> None:
    rows = [sales(days, 4) for days in range(1, 22)]
    assert demand.velocity(rows, set(), TODAY) == Velocity(84, 21, 0.0)
    quiet = {ago(days) for days in range(22, 43)}
    assert demand.velocity(rows, quiet, TODAY).per_day == 2.0


def test_today_and_days_older_than_six_weeks_do_not_count() -> None:
    rows = [sales(0, 50), sales(43, 50), sales(42, 3), sales(1, 5)]
    assert demand.velocity(rows, {ago(0), ago(43)}, TODAY).units == 8


def test_fewer_than_21_days_are_thin() -> None:
    assert demand.velocity([sales(n, 1) for n in range(1, 21)], set(), TODAY).thin
    assert not demand.velocity([sales(n, 1) for n in range(1, 22)], set(), TODAY).thin


def test_a_shelf_never_in_stock_has_an_unknown_velocity_not_zero() -> None:
    unknown = demand.velocity([], set(), TODAY)
    assert unknown.per_day is None
    assert demand.reorder_point(unknown, 2, 0.95) is None
    assert demand.days_of_cover(5, unknown.per_day) is None


def test_more_returned_than_sold_is_no_demand() -> None:
    assert Velocity(-5, 30, 1.0).per_day == 0


def test_days_of_cover() -> None:
    assert demand.days_of_cover(30, 4.0) == 7.5
    assert demand.days_of_cover(30, 0.0) == math.inf
    assert demand.days_of_cover(0, None) == demand.days_of_cover(-3, 4.0) == 0


def test_a_service_level_of_one_half_needs_no_safety_stock() -> None:
    assert demand.safety_stock(9.0, 4, 0.5) == 0
    assert demand.reorder_point(Velocity(300, 30, 9.0), 4, 0.5) == 40


def test_hand_worked_reorder_point() -> None:
    # 12 a day for 4 days, and 1.6449 standard deviations (of the normal table) of 5 x 2.
    assert demand.safety_stock(5.0, 4, 0.95) == pytest.approx(16.449, abs=1e-3)
    assert demand.reorder_point(Velocity(360, 30, 5.0), 4, 0.95) == 48 + 17
    # 2.3263 of 3 x 3 = 20.94, beside 6 x 9.
    assert demand.reorder_point(Velocity(180, 30, 3.0), 9, 0.99) == 54 + 21


@given(st.integers(1, 10_000), st.integers(1, 42), st.integers(0, 60))
def test_expected_demand_is_rounded_up_to_whole_units(units: int, days: int, lead: int) -> None:
    exact = Fraction(units, days) * lead
    assert demand.reorder_point(Velocity(units, days, 0.0), lead, 0.95) == math.ceil(exact)


@given(velocities, lead_times, service_levels, service_levels)
def test_a_higher_service_level_never_lowers_the_reorder_point(
    velocity: Velocity, lead: float, one: float, other: float
) -> None:
    low, high = (demand.reorder_point(velocity, lead, level) for level in sorted([one, other]))
    assert (low is None) == (high is None)
    assert low is None or high is None or 0 <= low <= high


@given(st.floats(0.1, 50), st.floats(0.1, 30), service_levels)
def test_safety_stock_covers_the_service_level(
    deviation: float, lead: float, service: float
) -> None:
    """Phi, by the error function: the probability that normal demand stays below it."""
    spare = demand.safety_stock(deviation, lead, service)
    covered = (1 + math.erf(spare / (deviation * math.sqrt(lead)) / math.sqrt(2))) / 2
    assert covered == pytest.approx(service, abs=1e-9)


@pytest.mark.parametrize("service", [0.49, 1.0, 1.2, -0.1, math.nan])
def test_an_impossible_service_level_is_refused(service: float) -> None:
    with pytest.raises(ValueError, match="service_level"):
        demand.safety_stock(1.0, 1, service)


def test_a_negative_lead_time_is_refused() -> None:
    with pytest.raises(ValueError, match="lead_time"):
        demand.safety_stock(1.0, -1, 0.9)


def test_a_thin_velocity_leaves_the_policy_of_the_catalogue() -> None:
    assert demand.policy(PRODUCT, Velocity(400, 20, 3.0), 2, 0.95) == Policy(10, 30)
    assert demand.policy(PRODUCT, Velocity(0, 0, 0.0), 2, 0.95) == Policy(10, 30)


def test_a_known_velocity_moves_both_points_alike() -> None:
    assert demand.policy(PRODUCT, Velocity(420, 42, 0.0), 2, 0.95) == Policy(20, 40)


@given(velocities, lead_times, service_levels)
def test_the_target_is_never_below_the_reorder_point(
    velocity: Velocity, lead: float, service: float
) -> None:
    made = demand.policy(PRODUCT, velocity, lead, service)
    assert made.reorder_point >= 0
    assert made.order_up_to - made.reorder_point == 20


def test_the_position_counts_what_is_on_order_and_in_transit() -> None:
    orders, transfers = [order(20), order(0), order(7)], [transfer("t", 5), transfer("u", 0)]
    assert demand.position(level(-3), orders, transfers) == 29


@given(
    st.integers(0, 10_000),
    st.integers(-(2**40), 20_000),
    st.integers(1, 500),
)
def test_an_order_reaches_the_target_by_the_fewest_whole_packs(
    target: int, position: int, pack: int
) -> None:
    units = demand.suggested_order(target, position, pack)
    assert units % pack == 0
    if position >= target:
        assert units == 0
    else:
        assert target <= position + units < target + pack


def test_a_pack_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="pack"):
        demand.suggested_order(10, 0, 0)
