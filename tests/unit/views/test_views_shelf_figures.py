"""Supply and demand of a shelf: each figure is compared with an independent computation."""

import statistics
from datetime import UTC, date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from schemas.record import Record
from tests.support.store_records import AT, level, order, product, sales, transfer
from views.business_days import BusinessDays
from views.shelf_figures import Facts, Shelf, shelf

TODAY = date(2026, 1, 31)
DAY = timedelta(days=1)


def one(first: Record, *records: Record) -> Shelf:
    """Return the shelf of a level and its other records, in store S1 at AT."""
    by_name: dict[str, list[Record]] = {}
    for record in records:
        by_name.setdefault(type(record).__name__, []).append(record)
    facts = Facts(
        level=first,  # type: ignore[arg-type]
        product=next(iter(by_name.get("Product", [])), None),  # type: ignore[arg-type]
        days=by_name.get("SalesByDay", []),  # type: ignore[arg-type]
        last_hour=0,
        hour_changes_at=None,
        orders=by_name.get("OpenOrder", []),  # type: ignore[arg-type]
        in_transit=sum(each.in_transit for each in by_name.get("OpenTransfer", [])),  # type: ignore[attr-defined]
    )
    return shelf(facts, AT, BusinessDays(UTC))


shelves = some.tuples(
    some.integers(-2, 30),
    some.integers(0, 60),  # days since the last movement
    some.dictionaries(some.integers(-1, 60), some.integers(-2, 9), max_size=12),  # units by age
    some.lists(some.integers(0, 9), max_size=3),  # remaining of each order
    some.lists(some.integers(0, 9), max_size=3),  # in transit of each transfer
)


def naive(on_hand: int, moved: int, sold: dict[int, int]) -> tuple[int, list[int]]:
    """Days in stock and their units, from the definition, counted in days before today."""
    within = {age: units for age, units in sold.items() if 1 <= age <= 42}
    first = max([moved, *within])
    stocked = {age for age in range(1, 43) if age <= first and (on_hand > 0 or age >= moved)}
    stocked |= {age for age, units in within.items() if units > 0}
    return len(stocked), [within.get(age, 0) for age in stocked]


@given(shelves)
def test_the_figures_of_a_shelf_equal_a_plain_computation(
    drawn: tuple[int, int, dict[int, int], list[int], list[int]],
) -> None:
    on_hand, moved, sold, remaining, in_transit = drawn
    figures = one(
        level("a", on_hand, last_movement_at=AT - moved * DAY),
        product("a", 10),
        *(sales(TODAY - age * DAY, units) for age, units in sold.items()),
        *(order(f"o{n}", units) for n, units in enumerate(remaining) if units),
        *(transfer(f"t{n}", units) for n, units in enumerate(in_transit)),
    )
    days, units = naive(on_hand, moved, sold)
    assert (figures.velocity_days, figures.velocity_units) == (days, sum(units))
    per_day = max(sum(units), 0) / days if days else None
    assert figures.per_day == per_day
    lasts = on_hand / per_day if per_day else None
    assert figures.days_of_cover == (lasts if on_hand > 0 else 0)
    point, target = 10, 40
    if days >= 21:
        spare = 1.6448536269514722 * statistics.stdev(units) * 2**0.5
        exact = (per_day or 0) * 2 + spare
        point = -int(-round(exact, 9) // 1)
        target = point + 30
    position = on_hand + sum(remaining) + sum(in_transit)
    assert (figures.position, figures.policy_reorder_point) == (position, point)
    assert figures.suggested_order == (target - position if position <= point else 0)


def test_units_of_a_day_are_summed_over_currencies() -> None:
    figures = one(level("a", 5), sales(TODAY - DAY, 2), sales(TODAY - DAY, 3, currency="EUR"))
    assert (figures.velocity_units, figures.velocity_days) == (5, 1)


def test_todays_sales_count_in_the_velocity_from_the_next_day_on() -> None:
    figures = one(level("a", 5), sales(TODAY, 4))
    assert (figures.per_day, figures.sold_today) == (None, 4)


def test_a_shelf_emptied_without_a_newer_movement_is_out_of_stock() -> None:
    days = [one(level("a", units, last_movement_at=AT - 9 * DAY)).velocity_days for units in (5, 0)]
    assert days == [9, 1]
