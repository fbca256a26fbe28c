"""A value that the job does not know stops nothing, takes no wrong sign, and is named."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connect.settings import Settings
from flink import statements
from schemas.generated import ReplenishmentOrder, Shipment, StockCount, Transfer
from tests.support.minicluster import MiniCluster, write
from tests.support.oracle import Event, unhandled

pytestmark = pytest.mark.slow
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMMON: dict[str, Any] = {"sku": "milk", "occurred_at": START, "recorded_at": START}


def leg(event_id: str, phase: str, quantity: int) -> Transfer:
    return Transfer(
        event_id=event_id,
        transfer_id="t1",
        from_store="north",
        to_store="south",
        quantity=quantity,
        phase=phase,
        **COMMON,
    )


def order(event_id: str, status: str, quantity: int) -> ReplenishmentOrder:
    return ReplenishmentOrder(
        event_id=event_id,
        order_id="o1",
        store_id="north",
        status=status,
        quantity=quantity,
        expected_at=START,
        **COMMON,
    )


EVENTS: list[Event] = [
    Shipment(event_id="opening", order_id=None, store_id="north", quantity=20, **COMMON),
    leg("sent", "shipped", 9),
    leg("stolen", "stolen", 3),
    leg("came", "received", 4),
    leg("gone", "lost", 2),
    order("placed", "placed", 6),
    order("delayed", "delayed", 50),
    *(order(kind, kind, 70) for kind in ("count", "sale", "transfer_in", "conflict")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("unknown")
    for number, event in enumerate(EVENTS):
        write(place, number, [event])
    return place


def newest(minicluster: MiniCluster, folder: Path, file: Path, key: int) -> dict[Any, list[str]]:
    rows = minicluster.session(folder).all_changes(file)
    return {tuple(row[:key]): row[key:] for _, row in rows}


def test_levels_and_open_items_are_those_of_the_known_values(
    minicluster: MiniCluster, folder: Path
) -> None:
    levels = newest(minicluster, folder, statements.INVENTORY_LEVELS, 2)
    assert {key: row[0] for key, row in levels.items()} == {
        ("north", "milk"): "11",
        ("south", "milk"): "4",
    }
    (order_row,) = newest(minicluster, folder, statements.OPEN_ORDERS, 3).values()
    assert order_row[:4] == ["6", "0", "6", "false"]
    (transfer_row,) = newest(minicluster, folder, statements.OPEN_TRANSFERS, 4).values()
    assert transfer_row[:5] == ["9", "4", "2", "3", "3"]
    ledger = newest(minicluster, folder, statements.STOCK_LEDGER, 1)
    assert ledger.keys() == {("opening",), ("sent",), ("came",)}


def test_the_job_quarantines_each_event_with_an_unknown_value_by_its_coordinates(
    minicluster: MiniCluster, folder: Path
) -> None:
    rows = newest(minicluster, folder, statements.QUARANTINE, 3)
    named = {row[1].rpartition(" ")[2]: row for row in rows.values()}
    assert named.keys() == unhandled(EVENTS) == {
        "stolen", "delayed", "count", "sale", "transfer_in", "conflict",
    }  # fmt: skip
    assert {row[0] for row in rows.values()} == {"unhandled"}
    assert ("transfers", "2", "0") in rows
    assert named["stolen"][1] == (
        "this version of the job does not handle unknown phase stolen; "
        "not counted: 3 of milk in south; event_id stolen"
    )


def test_a_kind_that_the_function_does_not_know_changes_no_level_and_the_job_goes_on(
    minicluster: MiniCluster, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intact = statements.read

    def everything(file: Path, settings: Settings, **names: str) -> str:
        text = intact(file, settings, **names)
        return text.replace("'count'\n", "'count', 'placed', 'transfer_lost'\n")

    right = newest(minicluster, folder, statements.INVENTORY_LEVELS, 2)
    monkeypatch.setattr(statements, "read", everything)
    assert "'placed'" in statements.read(statements.INVENTORY_LEVELS, Settings())
    assert newest(minicluster, folder, statements.INVENTORY_LEVELS, 2) == right


@pytest.mark.parametrize("reverse", [False, True])
def test_of_counts_of_one_moment_the_greater_id_by_code_points_wins(
    minicluster: MiniCluster, tmp_path: Path, reverse: bool
) -> None:
    ids = ["count-\uff21", "count-\U0001f600"]
    counts = [
        StockCount(
            event_id=name,
            store_id="north",
            sku="milk",
            quantity=number,
            counted_at=START,
            recorded_at=START,
        )
        for number, name in enumerate(sorted(ids))
    ]
    write(tmp_path, 0, counts[::-1] if reverse else counts)
    levels = newest(minicluster, tmp_path, statements.INVENTORY_LEVELS, 2)
    assert levels["north", "milk"][0] == "1"
