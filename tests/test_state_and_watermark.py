"""What the job remembers and how long it waits, on a Flink that keeps running."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pyflink.common import Row, RowKind

from flink import statements
from schemas.generated import Transaction
from tests.examples import START
from tests.minicluster import MiniCluster, write

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


def news(rows: Iterator[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get_row_kind() in (RowKind.INSERT, RowKind.UPDATE_AFTER))


def test_ids_are_forgotten_after_the_horizon_but_levels_never(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, dedup_seconds=HORIZON, follow=True)
    write(tmp_path, 1, [sale("first")])
    levels = news(session.changes(statements.INVENTORY_LEVELS))
    assert next(levels)[6] == 1
    time.sleep(HORIZON + 2)
    write(tmp_path, 2, [sale("second")])
    assert next(levels)[6] == 2, "the level was forgotten with the ids"
    write(tmp_path, 3, [sale("second")])
    write(tmp_path, 4, [sale("first")])
    row = next(levels)
    assert row[6] == 3, "the second delivery of `second` counted, or that of `first` did not"
    write(tmp_path, 5, [sale("third")])
    assert next(levels)[6] == 4
    levels.close()  # type: ignore[attr-defined]


def test_a_minute_waits_fifteen_seconds_for_late_lines_and_no_longer(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    session = minicluster.session(tmp_path, follow=True)
    late = START + timedelta(seconds=30)

    def at(seconds: int) -> datetime:
        return START + timedelta(seconds=seconds)

    write(tmp_path, 1, [sale("1", at(10)), sale("2", at(74))])
    minutes = news(session.changes(statements.SALES_PER_MINUTE))
    time.sleep(3)
    write(tmp_path, 2, [sale("3", late)])
    time.sleep(3)
    write(tmp_path, 3, [sale("4", at(76))])
    assert tuple(next(minutes))[3:] == (START.replace(tzinfo=None), 2, Decimal("3.00"))
    write(tmp_path, 4, [sale("5", late), sale("6", at(300))])
    following = tuple(next(minutes))
    assert following[3:] == (at(60).replace(tzinfo=None), 2, Decimal("3.00"))
    minutes.close()  # type: ignore[attr-defined]
