"""Supply and demand of a store: each figure is compared with an independent computation."""

import statistics
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.feed.store_tables import StoreTables
from dashboard.model import shelf
from dashboard.model.outlook import Outlook, Outlooks
from dashboard.model.snapshot import Store
from dashboard.model.supply import Incoming
from dashboard.text import shelf_text
from dashboard.web import delivery_tables, product_table
from schemas.generated import OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record
from tests.support.store_records import AT, level, order, product, sales, transfer
from tests.unit.dashboard.test_dashboard_charts import columns
from views.demand import Policy, Velocity

TODAY = date(2026, 1, 31)
DAY = timedelta(days=1)


def store(*records: Record, absent: tuple[type[Record], ...] = (), now: datetime = AT) -> Store:
    tables = StoreTables(UTC, absent)
    for record in records:
        tables.put(record, now)
    return tables.stores(now)["S1"]


def one(*records: Record, absent: tuple[type[Record], ...] = ()) -> shelf.Line:
    (line,) = store(*records, absent=absent).shelf
    return line


def test_a_line_has_units_on_order_their_due_date_and_units_in_transit() -> None:
    line = one(
        level("a", 4),
        order("x", 5, AT + DAY),
        order("y", 7, AT - DAY),
        order("z", 0, AT - 9 * DAY),
        order("w", 1, None),
        order("v", 9, sku="b"),
        transfer("in", 3),
        transfer("in too", 2),
        transfer("out", 6, to_store="S2"),
    )
    assert line.incoming == Incoming(on_order=13, due=AT - DAY, in_transit=5)
    assert line.position == 17


def test_without_records_nothing_is_on_order_and_without_the_topic_it_is_unknown() -> None:
    assert one(level("a", 4)).incoming == Incoming(on_order=0, due=None, in_transit=0)
    absent = (OpenOrder, OpenTransfer, SalesByDay)
    line = one(level("a", 4), product("a"), absent=absent)
    assert line.incoming == Incoming(None, None, None)
    assert (line.position, line.suggested_order, line.days_of_cover) == (None, None, None)
    only_orders = one(level("a", 4), order("x", 5), absent=(OpenTransfer,))
    assert only_orders.incoming == Incoming(on_order=5, due=AT, in_transit=None)


def test_a_store_needs_a_level() -> None:
    tables = StoreTables()
    records: list[Record] = [order("x", 5), transfer("t", 1), sales(TODAY, 1)]
    for record in records:
        tables.put(record, AT)
    assert not tables.stores(AT)


shelves = some.tuples(
    some.integers(-2, 30),
    some.integers(0, 60),  # days since the last movement
    some.dictionaries(some.integers(-1, 60), some.integers(-2, 9), max_size=12),  # units by age
    some.lists(some.integers(0, 9), max_size=3),  # remaining of each order
)


def naive(on_hand: int, moved: int, sold: dict[int, int]) -> tuple[int, list[int]]:
    """Days in stock and their units, from the definition, counted in days before today."""
    within = {age: units for age, units in sold.items() if 1 <= age <= 42}
    first = max([moved, *within])
    stocked = {age for age in range(1, 43) if age <= first and (on_hand > 0 or age >= moved)}
    stocked |= {age for age, units in within.items() if units > 0}
    return len(stocked), [within.get(age, 0) for age in stocked]


@given(shelves)
def test_the_figures_of_a_line_equal_a_plain_computation(
    shelf_: tuple[int, int, dict[int, int], list[int]],
) -> None:
    on_hand, moved, sold, remaining = shelf_
    line = one(
        level("a", on_hand, last_movement_at=AT - moved * DAY),
        product("a", 10),
        *(sales(TODAY - age * DAY, units) for age, units in sold.items()),
        *(order(f"o{n}", units) for n, units in enumerate(remaining)),
    )
    days, units = naive(on_hand, moved, sold)
    velocity = line.outlook.velocity
    assert (velocity.days, velocity.units) == (days, sum(units))
    assert velocity.thin == (days < 21)
    per_day = max(sum(units), 0) / days if days else None
    assert velocity.per_day == per_day
    lasts = on_hand / per_day if per_day else None if per_day is None else float("inf")
    assert line.days_of_cover == (lasts if on_hand > 0 else 0)
    point, target = 10, 40
    if days >= 21:
        spare = 1.6448536269514722 * statistics.stdev(units) * 2**0.5
        exact = (per_day or 0) * 2 + spare
        point = -int(-round(exact, 9) // 1)
        target = point + 30
    position = on_hand + sum(remaining)
    assert line.suggested_order == (target - position if position <= point else 0)


def test_units_of_a_day_are_summed_over_currencies() -> None:
    line = one(level("a", 5), sales(TODAY - DAY, 2), sales(TODAY - DAY, 3, currency="EUR"))
    assert (line.outlook.velocity.units, line.outlook.velocity.days) == (5, 1)


def test_todays_sales_count_in_the_velocity_from_the_next_day_on() -> None:
    tables = StoreTables()
    records: list[Record] = [level("a", 5), sales(TODAY, 4)]
    for record in records:
        tables.put(record, AT)
    first = tables.stores(AT)["S1"]
    assert first.shelf[0].outlook.velocity.per_day is None
    second = tables.stores(AT + DAY)["S1"]
    assert second.shelf[0].outlook.velocity == Velocity(4, 1, 0.0)
    assert tables.stores(AT + DAY)["S1"] is second
    assert first.shelf[0].outlook.velocity.per_day is None


def test_a_shelf_emptied_without_a_newer_movement_is_out_of_stock() -> None:
    tables = StoreTables()
    days = []
    for version, units in enumerate([5, 0], 1):
        moved = AT - 9 * DAY
        tables.put(level("a", units, version=version, last_movement_at=moved), AT)
        days.append(tables.stores(AT)["S1"].shelf[0].outlook.velocity.days)
    assert days == [9, 1]


changes = some.lists(
    some.one_of(
        some.builds(
            lambda units, age: level("a", units, last_movement_at=AT - age * DAY),
            some.integers(-1, 9),
            some.integers(0, 50),
        ),
        some.builds(lambda point: product("a", point), some.integers(0, 20)),
        some.builds(
            lambda age, units: sales(TODAY - age * DAY, units),
            some.integers(0, 45),
            some.integers(-3, 9),
        ),
    ),
    max_size=12,
)


@given(changes)
def test_a_cached_outlook_equals_a_new_one(
    records: Iterable[Record],
) -> None:
    tables = StoreTables()
    tables.put(level("a", 3), AT)
    for number, record in enumerate(records):
        now = AT + number % 3 * DAY
        tables.put(record, now)
        snapshot = tables.stores(now)["S1"]
        line = snapshot.shelf[0]
        days = (snapshot.days or {}).get("a", ())
        expected = Outlooks(UTC).of(line.level, line.product, days, now.date())
        assert line.outlook == expected


@pytest.mark.parametrize(
    ("incoming", "words"),
    [
        (Incoming(), None),
        (Incoming(on_order=0), shelf_text.NONE_DUE),
        (Incoming(on_order=4), "no date"),
        (Incoming(on_order=4, due=AT), "2026-01-31 10:00"),
        (Incoming(on_order=4, due=AT - DAY), "2026-01-30 10:00, overdue"),
    ],
)
def test_the_due_date_is_in_the_zone_of_the_browser(incoming: Incoming, words: str | None) -> None:
    assert shelf_text.due_words(incoming, AT, ZoneInfo("Europe/Zurich")) == words


def test_the_product_table_marks_thin_never_counted_and_unknown() -> None:
    outlook = Outlook(Velocity(6, 12, 1.0), Policy(10, 40))
    counted = level("b", 3, counted_at=AT)
    lines = [
        shelf.line(level("a", 3), product("a"), Incoming(on_order=5, in_transit=0), outlook),
        shelf.line(counted, None),
    ]
    rows = columns(product_table.frame(lines, AT, UTC))
    assert rows["demand"] == ["12 days, thin", None]
    assert rows["per_day"] == [0.5, None]
    assert rows["cover"] == [6.0, None]
    assert rows["suggested"] == [32, None]
    assert rows["counted"] == ["never counted", "2026-01-31 09:00"]
    assert (rows["on_order"], rows["in_transit"]) == ([5, None], [0, None])


def test_orders_are_sorted_by_due_date_and_overdue_ones_are_marked() -> None:
    orders = [order("no date", 1, None), order("later", 2, AT + DAY), order("late", 3, AT - DAY)]
    by_date = delivery_tables.by_due_date(orders)
    rows = columns(delivery_tables.order_frame(by_date, {"a": product("a")}, AT, UTC))
    assert rows["order_id"] == ["late", "later", "no date"]
    assert rows["due"] == ["2026-01-30 09:00, overdue", "2026-02-01 09:00", "no date"]
    assert rows["name"] == ["Product a"] * 3
    assert delivery_tables.overdue(orders, AT) == 1
    assert delivery_tables.overdue(orders, AT + 2 * DAY) == 2


def test_transfers_to_the_store_come_before_those_from_it() -> None:
    both = [transfer("out", 2, to_store="S2"), transfer("in", 3)]
    transfers = delivery_tables.by_direction(both, "S1")
    rows = columns(delivery_tables.transfer_frame(transfers, {}, "S1"))
    assert rows["direction"] == ["in", "out"]
    assert rows["store"] == ["S2", "S2"]
    assert rows["in_transit"] == [3, 2]
    assert rows["name"] == [shelf.NO_NAME] * 2
