"""Mutation tests: the oracle tests fail for every broken SQL clause and Java line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from py4j.protocol import Py4JError
from pyflink.util.exceptions import TableException

from connect.settings import Settings
from flink import statements, udf_jar
from tests.support.compare_with_oracle import not_prefix_truths, wrong_minutes
from tests.support.examples import examples_of, histories, side_by_side
from tests.support.minicluster import MiniCluster

pytestmark = pytest.mark.slow
RUNS = 10

TRANSACTIONS = statements.STAGING / "stg_transactions.sql"
TRANSFERS = statements.STAGING / "stg_transfers.sql"
MUTATIONS = {
    "a sale adds": (TRANSACTIONS, "-CAST(quantity AS BIGINT)", "CAST(quantity AS BIGINT)"),
    "sales overflow": (TRANSACTIONS, "-CAST(quantity AS BIGINT)", "-quantity"),
    "sums overflow": (statements.STAGING, "CAST(quantity AS BIGINT)", "quantity"),
    "shipments are missing": (statements.EVENTS, "UNION ALL\nSELECT * FROM stg_shipments", ""),
    "transfers are missing": (statements.EVENTS, "UNION ALL\nSELECT * FROM stg_transfers", ""),
    "a transfer's legs change stores": (TRANSFERS, "THEN from_store", "THEN to_store"),
    "goods sent come in": (TRANSFERS, "THEN -1 ELSE 1", "THEN 1 ELSE 1"),
    "a kind of movement is missing": (
        statements.INVENTORY_LEVELS,
        "'refused_count')",
        "'refused_count', 'transfer_in')",
    ),
    "shelves of one product are one": (
        statements.INVENTORY_LEVELS,
        "PARTITION BY (store_id, sku)",
        "PARTITION BY (sku)",
    ),
    "repeats count": (statements.DEDUPLICATED, "WHERE delivery = 1", "WHERE delivery >= 1"),
    "the last delivery wins": (statements.DEDUPLICATED, "arrived_at ASC", "arrived_at DESC"),
    "first by event time": (statements.DEDUPLICATED, "arrived_at ASC", "occurred_at ASC"),
    "ids of one store are equal": (
        statements.DEDUPLICATED,
        "PARTITION BY event_id",
        "PARTITION BY store_id",
    ),
}
FUNCTION_MUTATIONS = {
    "the first count is the anchor": ("return order > 0", "return order < 0"),
    "ties go to the smaller id": ("countId.compareTo(id) >= 0", "countId.compareTo(id) <= 0"),
    "the last count to arrive is the anchor": ("if (shelf.isCountedLater(at, id))", "if (false)"),
    "a movement at the count counts": (
        "!at.isAfter(shelf.countedAt)",
        "at.isBefore(shelf.countedAt)",
    ),
    "a movement at a late count counts": (
        "movement.occurredAt.isAfter(at)",
        "!movement.occurredAt.isBefore(at)",
    ),
    "late movements count": ("if (shelf.countedAt != null &&", "if (false &&"),
    "movements after a late count are lost": ("shelf.onHand += movement.quantity;", ""),
    "movements after a late count are lost at the next count": ("later.add(movement);", ""),
    "a count adds": ("shelf.onHand = quantity", "shelf.onHand += quantity"),
    "half of a count is published": (
        "shelf.version++;",
        """shelf.version++;
        if (kind.equals("count")) {
            collect(Row.of(quantity, shelf.sold, shelf.returned, shelf.received, shelf.version,
                    occurredAt, shelf.adjusted, shelf.transferredIn, shelf.transferredOut,
                    shelf.countedAt));
        }""",
    ),
    "sold is negative": ("shelf.sold -= quantity", "shelf.sold += quantity"),
    "returned is negative": ("shelf.returned += quantity", "shelf.returned -= quantity"),
    "received is net": ("shelf.received += quantity", "shelf.received -= quantity"),
    "adjusted counts finds only": ("adjusted += quantity", "adjusted += Math.max(quantity, 0)"),
    "goods sent are goods received": ("shelf.transferredOut -=", "shelf.transferredIn -="),
    "goods received are negative": ("transferredIn += quantity", "transferredIn -= quantity"),
    "version counts movements": ("shelf.version++;", 'if (!kind.equals("count")) shelf.version++;'),
    "last is first": ("occurredAt.isAfter(shelf.lastM", "occurredAt.isBefore(shelf.lastM"),
}
MINUTE_MUTATIONS = {
    "units have the wrong sign": ("-SUM(quantity)", "SUM(quantity)"),
    "shipments are sales": ("WHERE kind IN ('sale', 'return')", ""),
    "revenue is one line's": ("SUM(line_amount)", "MAX(line_amount)"),
    "minutes are two": ("INTERVAL '1' MINUTE", "INTERVAL '2' MINUTE"),
    "the start is the end": ("window_start AS minute_start", "window_end AS minute_start"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_clause_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clause, broken = MUTATIONS[name]
    mutate(monkeypatch, file, clause, broken)
    assert detected(lambda: untrue_levels(minicluster, tmp_path))


@pytest.mark.parametrize("name", FUNCTION_MUTATIONS)
def test_a_broken_line_of_the_function_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intact, broken = FUNCTION_MUTATIONS[name]
    (source,) = udf_jar.sources()
    text = source.read_text("utf-8")
    assert text.count(intact) == 1
    (tmp_path / source.name).write_text(text.replace(intact, broken), "utf-8")
    monkeypatch.setattr(udf_jar, "SOURCES", tmp_path)
    assert detected(lambda: untrue_levels(minicluster, tmp_path))


@pytest.mark.parametrize("name", MINUTE_MUTATIONS)
def test_a_broken_clause_of_the_minutes_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, statements.SALES_PER_MINUTE, *MINUTE_MUTATIONS[name])
    examples = side_by_side(examples_of(histories(contradictions=False)))
    assert detected(lambda: wrong_minutes(minicluster, tmp_path, examples))


def untrue_levels(minicluster: MiniCluster, folder: Path) -> bool:
    """Return True if one of RUNS runs finds an untrue level: rare faults need many examples."""
    return any(
        not_prefix_truths(minicluster, folder / str(run), side_by_side(examples_of(histories())))
        for run in range(RUNS)
    )


def mutate(monkeypatch: pytest.MonkeyPatch, changed: Path, clause: str, broken: str) -> None:
    """Replace a clause of one SQL file, or of each file in a folder that has it."""
    intact = statements.read
    files = sorted(changed.glob("*.sql")) if changed.is_dir() else [changed]
    assert any(clause in intact(file, Settings()) for file in files)

    def read(file: Path, settings: Settings, **names: str) -> str:
        text = intact(file, settings, **names)
        return text.replace(clause, broken) if file in files else text

    monkeypatch.setattr(statements, "read", read)


def detected(wrong: Callable[[], object]) -> bool:
    try:
        return bool(wrong())
    except (AssertionError, ArithmeticError, TableException, Py4JError):
        return True
