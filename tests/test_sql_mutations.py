"""The levels' tests bite: whichever clause of the SQL is broken, they notice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from py4j.protocol import Py4JError
from pyflink.util.exceptions import TableException

from flink import statements
from tests.examples import examples_of, histories, side_by_side
from tests.judgement import not_prefix_truths, wrong_minutes
from tests.minicluster import MiniCluster

pytestmark = pytest.mark.slow

CANDIDATES = statements.LEVEL_CANDIDATES
MUTATIONS = {
    "a sale adds": (statements.EVENTS, "-CAST(quantity AS BIGINT)", "CAST(quantity AS BIGINT)"),
    "sales overflow": (statements.EVENTS, "-CAST(quantity AS BIGINT)", "-quantity"),
    "sums overflow": (statements.EVENTS, "CAST(quantity AS BIGINT)", "quantity"),
    "shipments are forgotten": (statements.EVENTS, "UNION ALL\nSELECT * FROM receipts", ""),
    "transfers are forgotten": (statements.EVENTS, "UNION ALL\nSELECT * FROM legs", ""),
    "a transfer's legs change stores": (statements.EVENTS, "THEN from_store", "THEN to_store"),
    "goods sent come in": (statements.EVENTS, "THEN -1 ELSE 1", "THEN 1 ELSE 1"),
    "orders move stock": (CANDIDATES, "WHERE kind NOT IN ('placed', 'cancelled')", ""),
    "repeats count": (statements.ONCE, "WHERE delivery = 1", "WHERE delivery >= 1"),
    "the last delivery wins": (statements.ONCE, "arrived_at ASC", "arrived_at DESC"),
    "first by event time": (statements.ONCE, "arrived_at ASC", "occurred_at ASC"),
    "ids are not told apart": (statements.ONCE, "PARTITION BY event_id", "PARTITION BY store_id"),
    "the first count is the anchor": (
        CANDIDATES,
        "ORDER BY occurred_at DESC",
        "ORDER BY occurred_at ASC",
    ),
    "ties go to the smaller id": (CANDIDATES, "event_id DESC", "event_id ASC"),
    "a movement at the count counts": (
        CANDIDATES,
        "> anchors.occurred_at AS is_after_anchor",
        ">= anchors.occurred_at AS is_after_anchor",
    ),
    "the anchor is forgotten": (CANDIDATES, "is_anchor OR is_after_anchor", "is_after_anchor"),
    "keys without a count have no level": (CANDIDATES, "LEFT JOIN anchors", "JOIN anchors"),
    "sold counts returns": (CANDIDATES, "kind = 'sale' THEN", "kind IN ('sale', 'return') THEN"),
    "returned counts receipts": (
        CANDIDATES,
        "kind = 'return' THEN",
        "kind IN ('return', 'shipment') THEN",
    ),
    "received counts sales": (CANDIDATES, "kind = 'shipment'", "quantity > 0"),
    "adjusted counts finds only": (
        CANDIDATES,
        "kind = 'adjustment'",
        "kind = 'adjustment' AND quantity > 0",
    ),
    "version counts kinds": (CANDIDATES, "COUNT(*)", "COUNT(DISTINCT kind)"),
    "last is first": (CANDIDATES, "MAX(occurred_at)", "MIN(occurred_at)"),
    "on hand is one event's": (CANDIDATES, "SUM(CASE WHEN is_anchor", "MAX(CASE WHEN is_anchor"),
}
ALIGNMENT_MUTATIONS = {
    "a later count is not waited for": ("AND later_counts = 0", ""),
    "the anchor's own row is not waited for": (
        "AND (anchored_rows = 0 OR anchor_rows = 1)",
        "",
    ),
    "old levels are written again": ("IN ('INSERT', 'UPDATE_AFTER')", "<> 'DELETE'"),
}
MINUTE_MUTATIONS = {
    "units have the wrong sign": ("-SUM(quantity)", "SUM(quantity)"),
    "shipments are sales": ("WHERE kind IN ('sale', 'return')", ""),
    "revenue is one line's": ("SUM(line_amount)", "MAX(line_amount)"),
    "minutes are two": ("INTERVAL '1' MINUTE", "INTERVAL '2' MINUTE"),
    "the start is the end": ("window_start AS minute_start", "window_end AS minute_start"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_clause_is_noticed(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clause, broken = MUTATIONS[name]
    mutate(monkeypatch, file, clause, broken)
    found = side_by_side(examples_of(histories()))
    assert noticed(lambda: not_prefix_truths(minicluster, tmp_path, found))


@pytest.mark.parametrize("name", ALIGNMENT_MUTATIONS)
def test_levels_of_half_an_event_are_noticed(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, statements.INVENTORY_LEVELS, *ALIGNMENT_MUTATIONS[name])

    def some_run_is_wrong() -> bool:
        """Which half comes first is a matter of time: any of some runs may show it."""
        return any(
            not_prefix_truths(minicluster, tmp_path / str(run), side_by_side(found))
            for run in range(10)
            for found in [examples_of(histories())]
        )

    assert noticed(some_run_is_wrong)


@pytest.mark.parametrize("name", MINUTE_MUTATIONS)
def test_a_broken_clause_of_the_minutes_is_noticed(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, statements.SALES_PER_MINUTE, *MINUTE_MUTATIONS[name])
    found = side_by_side(examples_of(histories(contradictions=False)))
    assert noticed(lambda: wrong_minutes(minicluster, tmp_path, found))


def mutate(monkeypatch: pytest.MonkeyPatch, file: Path, clause: str, broken: str) -> None:
    intact = statements.read
    assert clause in intact(file)
    monkeypatch.setattr(
        statements,
        "read",
        lambda path: intact(path).replace(clause, broken) if path == file else intact(path),
    )


def noticed(wrong: Callable[[], object]) -> bool:
    try:
        return bool(wrong())
    except (AssertionError, ArithmeticError, TableException, Py4JError):
        return True
