"""State that expires by log time, on a Flink that keeps running."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pyflink.common import Row, RowKind

from connect.settings import SLACK_SECONDS, Settings
from flink import statements
from schemas.generated import StockCount, Transaction
from tests.support.examples import START
from tests.support.minicluster import OFTEN, MiniCluster, write

pytestmark = pytest.mark.slow
HORIZON = 2
FORGETFUL = replace(OFTEN, dedup_seconds=HORIZON)
KEPT = timedelta(seconds=HORIZON + SLACK_SECONDS)
SECOND = timedelta(seconds=1)
WATERMARK_SECONDS = 3
"""Time within which the watermark follows the newest file, idle folders included."""


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


def test_ids_are_forgotten_by_log_time_and_levels_never(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True, settings=FORGETFUL)
    write(tmp_path, 1, [sale("first")])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert next(levels)[6] == 1
    later = START + KEPT + 20 * SECOND
    write(tmp_path, 2, [sale("second")], accepted_at=later)
    assert next(levels)[6] == 2
    time.sleep(WATERMARK_SECONDS)
    write(tmp_path, 3, [sale("second")], accepted_at=later)
    write(tmp_path, 4, [sale("first")], accepted_at=later)
    row = next(levels)
    assert row[6] == 3, "the second delivery of `second` counted, or that of `first` did not"
    write(tmp_path, 5, [sale("third")], accepted_at=later)
    assert next(levels)[6] == 4
    levels.close()  # type: ignore[attr-defined]


def test_no_id_is_forgotten_while_log_time_stands_still(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    """A job that was down for long reads on at the log time at which it stopped."""
    session = minicluster.session(tmp_path, follow=True, settings=FORGETFUL)
    write(tmp_path, 1, [sale("first")])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert next(levels)[6] == 1
    time.sleep(2 * HORIZON)
    write(tmp_path, 2, [sale("first")], accepted_at=START + KEPT - SECOND)
    write(tmp_path, 3, [sale("other")])
    assert next(levels)[6] == 2
    levels.close()  # type: ignore[attr-defined]


def test_an_id_is_kept_as_long_as_any_of_its_contents_may_be_repeated(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True, settings=FORGETFUL)
    write(tmp_path, 1, [sale("first")])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert next(levels)[6] == 1
    other = replace(sale("first"), quantity=5, recorded_at=START + KEPT)
    write(tmp_path, 2, [other], accepted_at=other.recorded_at)
    assert tuple(next(levels))[2:7] == (-1, 1, 0, 0, 2)
    later = other.recorded_at + KEPT - SECOND
    write(tmp_path, 3, [sale("second")], accepted_at=later)
    assert next(levels)[6] == 3
    time.sleep(WATERMARK_SECONDS)
    write(tmp_path, 4, [other, sale("third")], accepted_at=later)
    assert tuple(next(levels))[2:7] == (-3, 3, 0, 0, 4), "the repeat of the other content counted"
    levels.close()  # type: ignore[attr-defined]


def test_without_the_gate_a_late_count_changes_no_level_and_has_its_reason_in_the_ledger(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    minute = Settings(count_seconds=60, gate="off")
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


def test_movements_are_forgotten_by_log_time_and_levels_never(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    """A count that the gate would refuse shows which movements the state still has."""
    second = Settings(dedup_seconds=1, count_seconds=1)
    session = minicluster.session(tmp_path, follow=True, settings=second)
    write(tmp_path, 1, [sale("old", at(10))])
    levels = upserts(session.changes(statements.INVENTORY_LEVELS))
    assert tuple(next(levels))[2] == -1
    later = START + timedelta(days=4)
    write(tmp_path, 2, [sale("new", later)], accepted_at=later)
    assert tuple(next(levels))[2] == -2, "the level was forgotten with the movements"
    time.sleep(WATERMARK_SECONDS)
    write(tmp_path, 3, [count("count", START, START, 10)], accepted_at=later)
    row = tuple(next(levels))
    assert (row[2], row[3], row[6]) == (9, 2, 3), "the old movement is still there"
    levels.close()  # type: ignore[attr-defined]


def test_a_late_sale_corrects_its_minute_whatever_clock_is_ahead(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True)
    minutes = upserts(session.changes(statements.SALES_PER_MINUTE))
    ahead = START + timedelta(hours=20)
    write(tmp_path, 1, [sale("ahead", ahead)])
    assert tuple(next(minutes))[3] == ahead.replace(tzinfo=None)
    time.sleep(WATERMARK_SECONDS)
    write(tmp_path, 2, [sale("1", at(10)), sale("2", at(74)), sale("late", at(30))])
    rows = [tuple(next(minutes))[3:7] for _ in range(3)]
    first, second = START.replace(tzinfo=None), at(60).replace(tzinfo=None)
    assert rows == [
        (first, 1, Decimal("1.50"), 1),
        (second, 1, Decimal("1.50"), 1),
        (first, 2, Decimal("3.00"), 2),
    ]
    minutes.close()  # type: ignore[attr-defined]


def test_a_minute_takes_what_is_accepted_within_a_day_and_is_then_forgotten(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True)
    minutes = upserts(session.changes(statements.SALES_PER_MINUTE))
    day = timedelta(days=1)
    write(tmp_path, 1, [sale("1", at(10))])
    assert tuple(next(minutes))[4] == 1
    write(tmp_path, 2, [sale("2", at(20))], accepted_at=START + day)
    assert tuple(next(minutes))[4] == 2, "a day is not over yet"
    write(tmp_path, 3, [sale("3", at(30))], accepted_at=START + day + SECOND)
    write(tmp_path, 4, [sale("4", START + day)], accepted_at=START + day + SECOND)
    assert tuple(next(minutes))[3:5] == ((START + day).replace(tzinfo=None), 1)
    minutes.close()  # type: ignore[attr-defined]
