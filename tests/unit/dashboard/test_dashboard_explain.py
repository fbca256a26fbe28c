"""Explanations: the terms of each sum lead to its result."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from dashboard.text import explain
from schemas.generated import OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record
from tests.support.filled_database import filled_database
from tests.support.store_records import AT, level, order, product, sales, transfer
from views.database.shelves import SHELVES, as_shelf
from views.shelf_figures import Shelf

DAY = timedelta(days=1)


def one(*records: Record, now: datetime = AT, unknown: tuple[type[Record], ...] = ()) -> Shelf:
    """Return the only shelf of some records."""
    with filled_database(records, now, unknown=unknown).connect() as connection:
        return as_shelf(connection.execute(select(SHELVES)).one())


def test_days_of_cover_are_on_hand_by_what_is_sold_in_a_day() -> None:
    days = [sales(AT.date() - age * DAY, 2) for age in range(1, 13)]
    steps = explain.cover(one(level("a", 3, last_movement_at=AT), product("a"), *days))
    assert [(step.words, step.amount) for step in steps] == [
        ("sold less returned, before today", 24),
        ("days in stock, of the last 42", 12),
        ("sold per day, few days of data: 12", 2.0),
        ("on hand", 3),
        ("days it lasts", 1.5),
    ]
    assert [step.result for step in steps] == [False, False, False, False, True]


def test_the_order_is_shown_as_what_is_on_its_way_reorder_point_and_target() -> None:
    records: list[Record] = [level("a", 3), product("a"), order("o", 5, AT), transfer("t", 1)]
    steps = explain.order(one(*records, now=AT + DAY), AT + DAY, UTC)
    assert {step.words: step.amount for step in steps} == {
        "on hand": 3,
        "on order, due (UTC) 2026-01-31 09:00, overdue": 5,
        "on the way from other stores": 1,
        "on hand and on its way": 9,
        "reorder point for this demand": 10,
        "target": 40,
        "suggested order": 31,
    }


def test_an_unknown_figure_is_written_as_unknown() -> None:
    shelf = one(level("a", 3), unknown=(OpenOrder, OpenTransfer, SalesByDay))
    unknown = [step.words for step in explain.cover(shelf) if explain.written(step) == "unknown"]
    assert unknown[-1] == "days it lasts"
    assert [step.amount for step in explain.order(shelf, AT, UTC)] == [3, *[None] * 6]
    assert [
        explain.written(explain.Step("", amount))
        for amount in (-1200, 0, 0.25, 0.004, float("inf"))
    ] == [
        "\u22121,200",
        "0",
        "0.25",
        "0.004",
        "\u221e",
    ]
