"""The levels' tests bite: whichever clause of the SQL is broken, they notice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JError
from pyflink.util.exceptions import TableException

from flink import statements
from tests.examples import examples_of, histories, side_by_side
from tests.judgement import not_prefix_truths, wrong_minutes
from tests.minicluster import MiniCluster

pytestmark = pytest.mark.slow

MUTATIONS = {
    "a sale adds": (statements.MOVEMENTS, "-CAST(quantity AS BIGINT)", "CAST(quantity AS BIGINT)"),
    "sales overflow": (statements.MOVEMENTS, "-CAST(quantity AS BIGINT)", "-quantity"),
    "sums overflow": (statements.MOVEMENTS, "CAST(quantity AS BIGINT)", "quantity"),
    "shipments are forgotten": (statements.MOVEMENTS, "UNION ALL\nSELECT * FROM receipts", ""),
    "repeats count": (statements.ONCE, "WHERE delivery = 1", "WHERE delivery >= 1"),
    "the last delivery wins": (statements.ONCE, "arrived_at ASC", "arrived_at DESC"),
    "first by event time": (statements.ONCE, "arrived_at ASC", "occurred_at ASC"),
    "ids are not told apart": (statements.ONCE, "PARTITION BY event_id", "PARTITION BY store_id"),
    "sold counts returns": (statements.INVENTORY_LEVELS, "AND delta < 0", ""),
    "returned counts sales": (statements.INVENTORY_LEVELS, "AND delta > 0", ""),
    "received counts sales": (statements.INVENTORY_LEVELS, "kind = 'shipment'", "delta > 0"),
    "version counts kinds": (statements.INVENTORY_LEVELS, "COUNT(*)", "COUNT(DISTINCT kind)"),
    "last is first": (statements.INVENTORY_LEVELS, "MAX(occurred_at)", "MIN(occurred_at)"),
    "on hand is one event's": (statements.INVENTORY_LEVELS, "SUM(delta)", "MAX(delta)"),
}  # fmt: skip
MINUTE_MUTATIONS = {
    "units have the wrong sign": ("-SUM(delta)", "SUM(delta)"),
    "shipments are sales": ("WHERE kind = 'sale'", ""),
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


def noticed(wrong: Callable[[], list[Any]]) -> bool:
    try:
        return bool(wrong())
    except (AssertionError, ArithmeticError, TableException, Py4JError):
        return True
