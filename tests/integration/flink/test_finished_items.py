"""Orders and transfers that are finished end by log time, whatever the order of reading."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyflink.common import RowKind

from connect.settings import Settings
from flink import statements
from schemas.generated import ReplenishmentOrder, Shipment
from tests.support.compare_with_oracle import Truth
from tests.support.examples import START, examples_of
from tests.support.finished_items import (
    logs,
    renamed,
)
from tests.support.finished_rows import DISORDERS, ITEMS, unequal
from tests.support.minicluster import MiniCluster, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def log() -> Any:
    return renamed(examples_of(logs()))


@pytest.mark.parametrize("disorder", DISORDERS, ids=str)
@pytest.mark.parametrize("truth", ITEMS, ids=lambda truth: truth.file.stem)
def test_what_is_finished_is_deleted_and_what_is_open_has_the_events_since_the_last_end(
    truth: Truth, disorder: timedelta, log: Any, minicluster: MiniCluster, tmp_path: Path
) -> None:
    assert not unequal(minicluster, tmp_path, log, truth, disorder)[:1]


def order(order_id: str, quantity: int = 5) -> ReplenishmentOrder:
    return ReplenishmentOrder(
        event_id=f"{order_id}:placed:{quantity}",
        order_id=order_id,
        store_id="north",
        sku="milk",
        status="placed",
        quantity=quantity,
        expected_at=START,
        occurred_at=START,
        recorded_at=START,
    )


def shipment(order_id: str, quantity: int = 5) -> Shipment:
    return Shipment(
        event_id=f"{order_id}:shipment:{quantity}",
        order_id=order_id,
        store_id="north",
        sku="milk",
        quantity=quantity,
        occurred_at=START,
        recorded_at=START,
    )


def test_a_finished_order_stays_until_log_time_has_passed_it_and_begins_anew_afterwards(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    session = minicluster.session(
        tmp_path, follow=True, settings=Settings(dedup_seconds=0, finished_seconds=60)
    )
    changes = session.changes(statements.OPEN_ORDERS)
    lag = 15 * second

    def after(number: int, *events: Any, at: timedelta) -> list[tuple[RowKind, str, int, int]]:
        """Return the changes up to that of the last event: kind, order, remaining, version."""
        for event in events:
            write(tmp_path, number, [event], accepted_at=START + at)
        seen: list[Any] = []
        while not seen or seen[-1][1] != events[-1].order_id:
            row = next(changes)
            seen.append((row.get_row_kind(), *(tuple(row)[field] for field in (0, 5, 8))))
        return seen

    insert, delete = RowKind.INSERT, RowKind.DELETE
    assert after(1, order("a"), at=timedelta()) == [(insert, "a", 5, 1)]
    assert after(2, order("open"), at=timedelta()) == [(insert, "open", 5, 1)]
    assert after(3, shipment("a"), at=second) == [(insert, "a", 0, 2)]
    young = after(4, order("b"), at=minute + lag)
    time.sleep(3)
    young += after(5, order("c"), at=minute + lag)
    assert [change[:2] for change in young] == [(insert, "b"), (insert, "c")]
    old = after(6, order("d"), at=second + minute + lag)
    time.sleep(3)
    old += after(7, order("e"), at=second + minute + lag)
    assert sorted(change[1] for change in old) == ["a", "d", "e"]
    assert (delete, "a", 0, 2) in old
    assert after(8, order("a", 7), at=2 * minute + lag)[-1] == (insert, "a", 7, 1)
    assert after(9, shipment("open", 2), at=2 * minute + lag)[-1] == (insert, "open", 3, 2)
    changes.close()  # type: ignore[attr-defined]
