"""Explanations: the terms of each sum add up to its result."""

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as some

from dashboard.model import shelf
from dashboard.model.outlook import Outlook
from dashboard.model.supply import Incoming
from dashboard.text import explain
from tests.support.store_records import AT, level, product
from views.demand import Policy, Velocity

movements = some.lists(
    some.tuples(
        some.sampled_from(["sold", "returned", "received", "adjusted", "in", "out"]),
        some.integers(1, 2**40),
        some.integers(0, 9),  # when
    ),
    max_size=12,
)
SIGNS = {"sold": -1, "out": -1}


@given(movements, some.none() | some.tuples(some.integers(0, 2**40), some.integers(0, 9)))
def test_the_terms_add_up_to_on_hand_with_the_correction_by_the_count(
    moved: list[tuple[str, int, int]], count: tuple[int, int] | None
) -> None:
    counted, at = count or (0, -1)
    after = sum(SIGNS.get(kind, 1) * units for kind, units, when in moved if when > at)
    before = sum(SIGNS.get(kind, 1) * units for kind, units, when in moved if when <= at)
    totals = {kind: sum(units for one, units, _ in moved if one == kind) for kind, *_ in moved}
    one = level(
        "a",
        counted + after,
        sold=totals.get("sold", 0),
        returned=totals.get("returned", 0),
        received=totals.get("received", 0),
        adjusted=totals.get("adjusted", 0),
        transferred_in=totals.get("in", 0),
        transferred_out=totals.get("out", 0),
        counted_at=None if count is None else AT + at * timedelta(hours=1),
    )
    *terms, result = explain.on_hand(one, UTC)
    assert sum(int(term.amount or 0) for term in terms) == result.amount == counted + after
    assert terms[-1].amount == counted - before
    assert terms[-1].words.startswith("corrected by the count" if count else "never counted")


def test_an_unexplained_difference_without_a_count_is_shown() -> None:
    assert explain.on_hand(level("a", 4), UTC)[-2] == explain.Step(
        "never counted: not explained", 4
    )


def test_the_order_is_shown_as_position_reorder_point_and_target() -> None:
    outlook = Outlook(Velocity(6, 12, 1.0), Policy(10, 40))
    line = shelf.line(level("a", 3), product("a"), Incoming(5, AT, 0), outlook)
    steps = {step.words: step.amount for step in explain.order(line, AT + timedelta(1), UTC)}
    assert steps == {
        "on hand": 3,
        "on order, due 2026-01-31 09:00, overdue": 5,
        "position": 8,
        "reorder point": 10,
        "target": 40,
        "suggested order": 32,
    }


def test_an_unknown_figure_is_written_as_unknown() -> None:
    line = shelf.line(level("a", 3), None)
    unknown = [
        step.words for step in explain.cover(line) if explain.written(step.amount) == "unknown"
    ]
    assert unknown[-1] == "days of cover"
    assert [step.amount for step in explain.order(line, AT, UTC)] == [3, *[None] * 5]
    assert [explain.written(amount) for amount in (-1200, 0, 0.25, float("inf"))] == [
        "\u22121,200",
        "0",
        "0.25",
        "\u221e",
    ]
