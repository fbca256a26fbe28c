"""State time-to-live and watermarks of the job, on a Flink that keeps running."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pyflink.common import Row, RowKind

from connect.settings import Settings
from flink import statements
from schemas.generated import StockCount, Transaction
from tests.support.examples import START
from tests.support.minicluster import MiniCluster, write

pytestmark = pytest.mark.slow
HORIZON = 2


def sale(event_id: str, at: datetime = START, sku: str = "milk", quantity: int = 1) -> Transaction:
    return Transaction(
        event_id=event_id,
        receipt_id="receipt",
        line_no=1,
        store_id="north",
        terminal_id="till",
        sku=sku,
        quantity=quantity,
        line_amount=Decimal("1.50") * quantity,
        currency="EUR",
        occurred_at=at,
        recorded_at=START,
    )


def count(event_id: str, counted_at: datetime, recorded_at: datetime, quantity: int) -> StockCount:
    return StockCount(
        event_id=event_id,
        store_id="north",
        sku="milk",
        quantity=quantity,
        counted_at=counted_at,
        recorded_at=recorded_at,
    )


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def upserts(rows: Iterator[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get_row_kind() in (RowKind.INSERT, RowKind.UPDATE_AFTER))


def test_event_ids_expire_after_the_dedup_horizon_but_levels_never(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, dedup_seconds=HORIZON, follow=True)
    write(tmp_path, 1, [sale("first")])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert next(levels)[6] == 1
    time.sleep(HORIZON + 2)
    write(tmp_path, 2, [sale("second")])
    assert next(levels)[6] == 2, "the level expired with the ids"
    write(tmp_path, 3, [sale("second")])
    write(tmp_path, 4, [sale("first")])
    row = next(levels)
    assert row[6] == 3, "the second delivery of `second` counted, or that of `first` did not"
    write(tmp_path, 5, [sale("third")])
    assert next(levels)[6] == 4
    levels.close()  # type: ignore[attr-defined]


def test_a_count_recorded_too_late_changes_no_level_and_has_its_reason_in_the_ledger(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    minute = Settings(count_seconds=60)
    session = minicluster.session(tmp_path, settings=minute)
    on_time = count("on time", START, START + timedelta(seconds=60), 7)
    too_late = count("too late", at(1), at(1) + timedelta(seconds=60, milliseconds=1), 9)
    write(tmp_path, 1, [on_time, too_late])
    write(tmp_path, 1, [sale("sale", at(2))])
    (*_, (_, level)) = session.all_changes(statements.INVENTORY_LEVELS)
    assert (level[2], level[6]) == ("6", "2")
    ledger = {row[0]: row[3:6] for _, row in session.all_changes(statements.STOCK_LEDGER)}
    assert ledger["on time"] == ["count", "7", "null"]
    reason = "recorded more than 60 s after it was taken"
    assert ledger["too late"] == ["refused_count", "9", reason]


def test_movements_expire_but_levels_never(minicluster: MiniCluster, tmp_path: Path) -> None:
    """A count that should have been refused shows which movements the state still has."""
    second = Settings(count_seconds=1)
    session = minicluster.session(tmp_path, dedup_seconds=1, follow=True, settings=second)
    write(tmp_path, 1, [sale("old", at(10))])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert tuple(next(levels))[2] == -1
    time.sleep(4)
    write(tmp_path, 2, [sale("new", at(20))])
    assert tuple(next(levels))[2] == -2, "the level expired with the movements"
    write(tmp_path, 3, [count("count", START, START, 10)])
    row = tuple(next(levels))
    assert (row[2], row[3], row[6]) == (9, 2, 3), "the old movement did not expire"
    levels.close()  # type: ignore[attr-defined]


def test_a_minute_waits_fifteen_seconds_for_late_lines_and_no_longer(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True)
    late = at(30)
    write(tmp_path, 1, [sale("1", at(10)), sale("2", at(74))])
    minutes = upserts(session.changes(statements.SALES_PER_MINUTE))
    time.sleep(3)
    write(tmp_path, 2, [sale("3", late)])
    time.sleep(3)
    write(tmp_path, 3, [sale("4", at(76))])
    assert tuple(next(minutes))[3:] == (START.replace(tzinfo=None), 2, Decimal("3.00"))
    write(tmp_path, 4, [sale("5", late), sale("6", at(300))])
    following = tuple(next(minutes))
    assert following[3:] == (at(60).replace(tzinfo=None), 2, Decimal("3.00"))
    minutes.close()  # type: ignore[attr-defined]
