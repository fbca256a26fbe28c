"""Mutation tests: the oracle tests fail for every broken SQL clause and Java line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from py4j.protocol import Py4JError
from pyflink.util.exceptions import TableException

from connect.settings import Settings
from flink import statements, udf_jar
from tests.support.compare_with_oracle import MINUTES, differences, not_prefix_truths
from tests.support.examples import examples_of, histories, side_by_side
from tests.support.finished_items import logs, renamed
from tests.support.finished_rows import DISORDERS, ITEMS, unequal
from tests.support.minicluster import MiniCluster

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
RUNS = 10

TRANSACTIONS = statements.STAGING / "stg_transactions.sql"
SHIPMENTS = statements.STAGING / "stg_shipments.sql"
TRANSFERS = statements.STAGING / "stg_transfers.sql"
MUTATIONS = {
    "a sale adds": (TRANSACTIONS, "-CAST(quantity AS BIGINT)", "CAST(quantity AS BIGINT)"),
    "sales overflow": (TRANSACTIONS, "-CAST(quantity AS BIGINT)", "-quantity"),
    "sums overflow": (statements.STAGING, "CAST(quantity AS BIGINT)", "quantity"),
    "shipments are missing": (SHIPMENTS, "FROM shipments", "FROM shipments WHERE FALSE"),
    "transfers are missing": (TRANSFERS, "FROM transfers", "FROM transfers WHERE FALSE"),
    "a transfer's legs change stores": (TRANSFERS, "THEN from_store", "THEN to_store"),
    "goods sent come in": (TRANSFERS, "THEN -1 ELSE 1", "THEN 1 ELSE 1"),
    "a kind of movement is missing": (
        statements.INVENTORY_LEVELS,
        "'transfer_in', ",
        "",
    ),
    "shelves of one product are one": (
        statements.INVENTORY_LEVELS,
        "PARTITION BY (store_id, sku)",
        "PARTITION BY (sku)",
    ),
}
FUNCTION_MUTATIONS = {
    "repeats count": ("if (first == null ||", "if (true ||"),
    "conflicts count": ("out.collect(conflict(event));", "out.collect(event);"),
    "a conflict moves stock": ("row.setField(quantity, 0L);", ""),
    "a count that conflicts is the anchor": (
        'fromString("count"), StringData.fromString("adjustment")',
        'fromString("count"), StringData.fromString("count")',
    ),
    "a conflict is in no version": ("out.collect(withoutEffect(event));", ""),
    "each delivery of a conflict is in the version": ("if (known == null ||", "if (true ||"),
    "ids of one store are equal": ("event.getString(eventId)", "event.getString(2)"),
    "the first count is the anchor": ("return countedAt > at ||", "return countedAt < at ||"),
    "ties go to the smaller id": ("countId.compareTo(id) >= 0", "countId.compareTo(id) <= 0"),
    "the last count to arrive is the anchor": ("if (shelf.isCountedLater(at, id))", "if (false)"),
    "a movement at the count counts": ("at <= shelf.countedAt", "at < shelf.countedAt"),
    "a movement at a late count counts": ("occurredAt > time", "occurredAt >= time"),
    "late movements count": ("if (at <= shelf.countedAt)", "if (false)"),
    "movements after a late count are lost": ("shelf.onHand += movement.quantity;", ""),
    "movements after a late count are lost at the next count": (
        "movements.setList(kept);",
        "movements.setList(new ArrayList<>());",
    ),
    "a count adds": ("shelf.onHand = quantity", "shelf.onHand += quantity"),
    "half of a count is published": (
        "shelf.version++;",
        """shelf.version++;
        if (kind.equals("count")) {
            collect(GenericRowData.of(quantity, shelf.sold, shelf.returned, shelf.received,
                    shelf.version, TimestampData.fromEpochMillis(occurredAt), shelf.adjusted,
                    shelf.transferredIn, shelf.transferredOut, null));
        }""",
    ),
    "sold is negative": ("shelf.sold -= quantity", "shelf.sold += quantity"),
    "returned is negative": ("shelf.returned += quantity", "shelf.returned -= quantity"),
    "received is net": ("shelf.received += quantity", "shelf.received -= quantity"),
    "adjusted counts finds only": ("adjusted += quantity", "adjusted += Math.max(quantity, 0)"),
    "goods sent are goods received": ("shelf.transferredOut -=", "shelf.transferredIn -="),
    "goods received are negative": ("transferredIn += quantity", "transferredIn -= quantity"),
    "version counts movements": ("shelf.version++;", 'if (!kind.equals("count")) shelf.version++;'),
    "last is first": (
        "Math.max(shelf.lastMovementAt, occurredAt)",
        "shelf.version == 1 ? occurredAt : Math.min(shelf.lastMovementAt, occurredAt)",
    ),
}
MINUTE_MUTATIONS = {
    "units have the wrong sign": ("sums.units -=", "sums.units +="),
    "revenue is one line's": ("sums.revenue.add(amount)", "amount"),
    "minutes are hours": ("Duration.ofMinutes(1)", "Duration.ofHours(1)"),
    "lines are not counted": ("sums.version++;", ""),
    "a minute has its last sale only": ("minutes.put(minute, sums);", ""),
}
ITEM_MUTATIONS = {
    "an item ends a moment too early": ("acceptedAt > keptMillis", "acceptedAt >= keptMillis"),
    "open items end": ("remaining() == 0 && event.acceptedAt", "event.acceptedAt"),
    "an item goes on after its end": ("promised = received = lost = version = 0;", ""),
    "a cancellation outlives its order": ("cancelled = false;", ""),
    "a date outlives its order": ("expectedAt = null;", ""),
    "the last date read counts": (".isAfter(expectedAt)", ".isBefore(expectedAt)"),
    "events are in the order of reading": (
        "events.sort(Comparator.comparingLong(figures -> figures.acceptedAt));",
        "",
    ),
    "earlier events cannot come": ("each.acceptedAt <= logTime", "true"),
    "events before log time are lost": ("if (passed.version > 0)", "if (false)"),
    "a new row is older than the one before": (
        "newest.version <= item.published.version",
        "false",
    ),
    "an item ends at its last event": ("newest.acceptedAt + keptMillis", "newest.acceptedAt"),
    "an item that is open again ends": ("time.clearTimer(END);", ""),
    "nothing is deleted": (
        "collect(item.published.row(REMOVED));\n        context",
        "context",
    ),
    "surplus goods are still to come": ("Math.max(promised - received - lost, 0)", "promised"),
}
CLAUSES_OF_MINUTES = {
    "shipments are sales": ("WHERE kind IN ('sale', 'return')", ""),
    "currencies are added": ("(store_id, sku, currency)", "(store_id, sku)"),
}


def test_what_is_not_broken_is_not_detected(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, whatever fails for another reason would count as detected."""
    mutate_function(monkeypatch, tmp_path, "shelf.version++;", "shelf.version += 1;")
    assert not untrue_levels(minicluster, tmp_path)
    assert not untrue_minutes(minicluster, tmp_path)
    assert not untrue_items(minicluster, tmp_path)


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
    mutate_function(monkeypatch, tmp_path, *FUNCTION_MUTATIONS[name])
    assert detected(lambda: untrue_levels(minicluster, tmp_path))


@pytest.mark.parametrize("name", MINUTE_MUTATIONS)
def test_a_broken_line_of_the_minutes_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate_function(monkeypatch, tmp_path, *MINUTE_MUTATIONS[name])
    assert detected(lambda: untrue_minutes(minicluster, tmp_path))


@pytest.mark.parametrize("name", ITEM_MUTATIONS)
def test_a_broken_line_of_orders_and_transfers_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate_function(monkeypatch, tmp_path, *ITEM_MUTATIONS[name])
    assert detected(lambda: untrue_items(minicluster, tmp_path))


@pytest.mark.parametrize("name", CLAUSES_OF_MINUTES)
def test_a_broken_clause_of_the_minutes_is_detected(
    name: str, minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, statements.SALES_PER_MINUTE, *CLAUSES_OF_MINUTES[name])
    assert detected(lambda: untrue_minutes(minicluster, tmp_path))


def untrue_levels(minicluster: MiniCluster, folder: Path) -> bool:
    """Return True if one of RUNS runs finds an untrue level: rare faults need many examples."""
    return any(
        not_prefix_truths(minicluster, folder / str(run), side_by_side(examples_of(histories())))
        for run in range(RUNS)
    )


def untrue_minutes(minicluster: MiniCluster, folder: Path) -> bool:
    examples = side_by_side(examples_of(histories(contradictions=False)))
    return bool(differences(minicluster, folder, examples, MINUTES))


def untrue_items(minicluster: MiniCluster, folder: Path) -> bool:
    return any(_untrue_items(minicluster, folder / str(run)) for run in range(RUNS))


def _untrue_items(minicluster: MiniCluster, folder: Path) -> bool:
    log = renamed(examples_of(logs()))
    return any(
        unequal(minicluster, folder / f"{truth.file.stem}-{number}", log, truth, disorder)
        for truth in ITEMS
        for number, disorder in enumerate(DISORDERS)
    )


def mutate_function(
    monkeypatch: pytest.MonkeyPatch, folder: Path, intact: str, broken: str
) -> None:
    """Replace a text in the one Java source that has it."""
    copies = folder / "java"
    shutil.copytree(udf_jar.SOURCES, copies)
    (source,) = [file for file in copies.glob("*.java") if intact in file.read_text("utf-8")]
    source.write_text(source.read_text("utf-8").replace(intact, broken), "utf-8")
    monkeypatch.setattr(udf_jar, "SOURCES", copies)


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
