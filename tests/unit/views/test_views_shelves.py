"""The table of shelves: its figures, its order, and when it is computed again."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update

from dashboard.queries.needs import needs
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, SalesByDay, SalesPerMinute
from schemas.record import Record
from tests.support.filled_database import filled_database, put
from tests.support.store_records import level, order, product, sales, transfer
from views.business_days import BusinessDays
from views.database import shelves
from views.database.acknowledgements import ACKNOWLEDGEMENTS
from views.database.shelves import SHELVES, as_shelf, keys_to_refresh, refresh
from views.database.tables import TABLES
from views.demand import DayUnits
from views.shelf_figures import Facts, Shelf, shelf
from views.urgency import Need

NOW = datetime(2026, 5, 1, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 42
CALENDAR = BusinessDays(UTC)


def minute(sku: str, minutes_ago: float, units: int, currency: str = "CHF") -> SalesPerMinute:
    at = (NOW - timedelta(minutes=minutes_ago)).replace(second=0)
    return SalesPerMinute(
        store_id="S1",
        sku=sku,
        currency=currency,
        minute_start=at,
        units=units,
        revenue=units * product(sku).unit_price,
    )


def daily(sku: str, units: int, days: int = DAYS) -> list[Record]:
    """Sales of the same number of units on each of the days before today."""
    return [sales(NOW.date() - timedelta(days=back), units, sku) for back in range(1, days + 1)]


def rows(engine: Engine) -> dict[str, Shelf]:
    """Return the shelves by SKU, the most urgent first."""
    query = select(SHELVES).order_by(SHELVES.c.need_rank, SHELVES.c.urgency, SHELVES.c.sku)
    with engine.connect() as connection:
        return {row.sku: as_shelf(row) for row in connection.execute(query)}


def one(records: list[Record], **more: Any) -> Shelf:
    (row,) = rows(filled_database(records, NOW, **more)).values()
    return row


def again(engine: Engine, *skus: str, now: datetime = NOW) -> None:
    with engine.begin() as connection:
        refresh(connection, [("S1", sku) for sku in skus], now, CALENDAR)


def test_all_figures_of_a_shelf() -> None:
    due = NOW + 2 * HOUR
    row = one(
        [
            replace(product("a", 10, "Milk", "Dairy"), barcodes="4006381333931 14006381333938"),
            level("a", 2, counted_at=NOW - timedelta(days=3), last_movement_at=NOW, version=7),
            *daily("a", 12),
            sales(NOW.date(), 5, "a"),
            sales(NOW.date(), 2, "a", currency="EUR"),
            minute("a", 30, 1),
            order("o1", 24, due),
            order("o2", 6, NOW - HOUR),
            order("o3", 9, NOW + 9 * HOUR),
            transfer("t", 4),
        ]
    )
    figures = asdict(row)
    assert figures.pop("refresh_at") == NOW + timedelta(minutes=30)
    assert figures == {
        "store_id": "S1",
        "sku": "a",
        "name": "Milk",
        "category": "Dairy",
        "unit": None,
        "barcodes": "4006381333931 14006381333938",
        "reorder_point": 10,
        "order_up_to": 40,
        "policy_reorder_point": 24,
        "policy_order_up_to": 54,
        "lead_time": 2,
        "status": "low",
        "on_hand": 2,
        "velocity_units": 12 * DAYS,
        "velocity_days": DAYS,
        "per_day": 12.0,
        "days_of_cover": 2 / 12,
        "sold_today": 7,
        "sold_last_hour": 1,
        "pace_per_hour": 1.0,
        "pace_basis": "last hour",
        "hours_left": 2.0,
        "is_empty_first": False,
        "on_order": 39,
        "overdue": 6,
        "due_at": NOW - HOUR,
        "arrives_at": due,
        "arrives_units": 24,
        "in_transit": 4,
        "position": 45,
        "suggested_order": 0,
        "need": "delivery overdue",
        "need_rank": 3,
        "urgency": (NOW - HOUR).timestamp(),
        "counted_at": NOW - timedelta(days=3),
        "last_movement_at": NOW,
        "version": 7,
        "generation": 0,
        "refreshed_at": NOW,
    }


def test_an_unknown_figure_is_not_zero() -> None:
    row = one([level("a", 5)], unknown=(OpenOrder, OpenTransfer, SalesByDay, SalesPerMinute))
    names = (
        "name reorder_point per_day days_of_cover sold_today sold_last_hour pace_per_hour "
        "hours_left on_order overdue in_transit position suggested_order"
    )
    assert {name: getattr(row, name) for name in names.split()} == dict.fromkeys(names.split())
    assert row.need == Need.NONE


def test_a_rush_of_the_last_hour_counts_whatever_the_days_before_say() -> None:
    row = one([product("a", 10), level("a", 52), *daily("a", 1), minute("a", 5, 1105)])
    assert row.days_of_cover == 52
    assert row.hours_left == pytest.approx(52 / 1105)
    assert row.need == Need.RUNS_OUT


@dataclass(frozen=True)
class Case:
    """The facts of one random shelf."""

    on_hand: int
    per_day: int
    last_hour: int
    due_in: float | None
    """Hours; None: nothing is on order."""


CASES = st.builds(
    Case,
    on_hand=st.integers(1, 80),
    per_day=st.integers(0, 40),
    last_hour=st.integers(-2, 30),
    due_in=st.none() | st.floats(0.5, 90, allow_nan=False).map(lambda hours: round(hours, 3)),
)


LEAD_DAYS = st.sampled_from([24, 6, 10 / 3600])
"""Hours that a day of lead time takes."""


def oracle(cases: list[Case], lead_time_hours: float) -> list[int]:
    """Return the cases that are empty before goods can come."""
    first = []
    for number, case in enumerate(cases):
        arrival = lead_time_hours if case.due_in is None else case.due_in
        if case.on_hand < pace(case) * arrival:
            first.append(number)
    return first


def pace(case: Case) -> float:
    """Units an hour: the faster of the last hour and of the days before."""
    return max(case.last_hour, case.per_day / 24, 0)


@settings(max_examples=20, deadline=None)
@given(st.lists(CASES, min_size=1, max_size=12), LEAD_DAYS)
def test_the_first_of_today_is_the_one_that_is_empty_first_before_its_next_arrival(
    cases: list[Case], lead_day: float
) -> None:
    records: list[Record] = []
    for number, case in enumerate(cases):
        sku = f"{number:02d}"
        records += [product(sku), level(sku, case.on_hand, last_movement_at=NOW)]
        records += daily(sku, case.per_day, 7)
        records += [minute(sku, 59, case.last_hour), minute(sku, 61, 1000), minute(sku, -2, 900)]
        if case.due_in is not None:
            records += [order(f"o{sku}", 1, NOW + case.due_in * HOUR, sku=sku)]
    days = BusinessDays(UTC, timedelta(hours=lead_day))
    today = needs(filled_database(records, NOW, days), "S1", NOW, len(cases)).shelves
    first = oracle(cases, 2 * lead_day)
    shown = [int(shelf.sku) for shelf in today[: len(first)]]
    times = [cases[number].on_hand / pace(cases[number]) for number in shown]
    assert times == pytest.approx(sorted(times))
    assert sorted(shown) == sorted(first)
    assert all(shelf.need != Need.RUNS_OUT for shelf in today[len(first) :])


@settings(max_examples=60, deadline=None)
@given(CASES, st.floats(0, 1, exclude_max=True), st.integers(0, 300), LEAD_DAYS)
def test_until_it_is_due_for_refresh_time_changes_no_figure(
    case: Case, share: float, counted_days_ago: int, lead_day: float
) -> None:
    """Refreshing at refresh_at is enough, and a figure does change by then or by midnight."""
    days = BusinessDays(ZoneInfo("Europe/Zurich"), timedelta(hours=lead_day))
    counted = NOW - timedelta(days=counted_days_ago)
    orders = [order("o", 5, NOW + case.due_in * HOUR)] if case.due_in else []
    facts = Facts(
        level=level("a", case.on_hand, last_movement_at=NOW, counted_at=counted),
        product=product("a"),
        days=[DayUnits(NOW.date().isoformat(), case.per_day)],
        last_hour=case.last_hour,
        hour_changes_at=None,
        orders=orders,
        in_transit=0,
    )
    first = shelf(facts, NOW, days)
    assert first.refresh_at > NOW
    moment = NOW + share * (first.refresh_at - NOW)
    later = shelf(facts, min(moment, first.refresh_at - timedelta(microseconds=1)), days)
    moving: dict[str, Any] = {"refreshed_at": NOW, "refresh_at": NOW}
    assert replace(later, **moving) == replace(first, **moving)


def test_time_alone_changes_the_last_hour_and_the_next_arrival() -> None:
    engine = filled_database(
        [
            product("a"),
            level("a", 30),
            minute("a", 59, 6),
            minute("a", -3, 2),
            order("o", 24, NOW + timedelta(minutes=2)),
        ],
        NOW,
    )
    seen = []
    now = NOW
    for _ in range(4):
        row = rows(engine)["a"]
        seen.append((row.sold_last_hour, row.overdue, row.arrives_units))
        now = row.refresh_at
        with engine.begin() as connection:
            assert keys_to_refresh(connection, now - timedelta(milliseconds=1), 10) == []
            refresh(connection, keys_to_refresh(connection, now, 10), now, CALENDAR)
    assert seen == [(6, 0, 24), (0, 0, 24), (0, 24, None), (2, 24, None)]


def test_midnight_is_that_of_the_stores() -> None:
    row = one([product("a"), level("a", 30)], days=BusinessDays(ZoneInfo("Pacific/Auckland")))
    assert row.refresh_at == datetime(2026, 5, 2, 12, tzinfo=UTC)


ORDERED: list[tuple[Need, list[Any]]] = [
    (Need.STOCK_ERROR, [level("e1", -5)]),
    (Need.STOCK_ERROR, [level("e2", -1)]),
    (Need.EMPTY, [level("m1", 0), *daily("m1", 24), order("o", 5, NOW + 9 * HOUR, sku="m1")]),
    (Need.EMPTY, [level("m2", 0), *daily("m2", 24), order("p", 5, NOW + 2 * HOUR, sku="m2")]),
    (Need.RUNS_OUT, [level("r", 20), minute("r", 5, 5)]),
    (Need.LATE, [level("l", 20), order("q", 4, NOW - HOUR, sku="l")]),
    (Need.LOW, [level("w", 9, last_movement_at=NOW)]),
    (
        Need.FAST,
        [level("f", 40), minute("f", 3, 4), order("r", 60, NOW + 5 * HOUR, sku="f")],
    ),
    (Need.COUNT, [level("c", 20, counted_at=NOW - timedelta(days=100))]),
    (Need.NONE, [level("z", 20)]),
]


def test_the_needs_in_their_order() -> None:
    records: list[Record] = []
    for _, more in ORDERED:
        records += [product(more[0].sku), *more]
    expected = [(more[0].sku, need) for need, more in ORDERED]
    shown = rows(filled_database(reversed(records), NOW))
    assert [(sku, row.need) for sku, row in shown.items()] == expected


def test_a_level_that_is_deleted_takes_its_shelf_along() -> None:
    engine = filled_database([level("a", 1), level("b", 2)], NOW)
    with engine.begin() as connection:
        levels = TABLES[InventoryLevel]
        connection.execute(delete(levels).where(levels.c.sku == "a"))
    again(engine, "a", "b")
    assert list(rows(engine)) == ["b"]


def test_an_acknowledgement_lasts_until_the_need_is_another_one() -> None:
    engine = filled_database([product("a"), level("a", 3)], NOW)
    with engine.begin() as connection:
        connection.execute(
            insert(ACKNOWLEDGEMENTS).values(
                store_id="S1", sku="a", need=Need.LOW, acknowledged_at=NOW
            )
        )
    left = []
    for on_hand in (2, 0):
        with engine.begin() as connection:
            connection.execute(update(TABLES[InventoryLevel]).values(on_hand=on_hand))
        again(engine, "a")
        with engine.connect() as connection:
            left.append(len(connection.execute(select(ACKNOWLEDGEMENTS)).all()))
    assert left == [1, 0]


def test_many_keys_are_computed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "CHUNK", 3)
    engine = filled_database([level(f"{number}", number) for number in range(8)], NOW)
    assert {sku: row.on_hand for sku, row in rows(engine).items()} == {
        f"{number}": number for number in range(8)
    }
    put(engine, [product("7", name="Seven")])
    again(engine, "7")
    assert rows(engine)["7"].name == "Seven"
