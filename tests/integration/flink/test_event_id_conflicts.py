"""Two events with one event_id: the first counts, the other is quarantined; a repeat is neither.

Each of the two is in the version of its rows, so that they follow when another order of reading, as
after a crash, makes the other one the first.
"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flink import statements
from schemas.generated import EVENTS, ReplenishmentOrder, Transaction
from tests.support.compare_with_oracle import (
    DAYS,
    LEDGER,
    LEVELS,
    MINUTES,
    ORDERS,
    TRANSFERS,
    Truth,
    last_rows,
)
from tests.support.examples import conflicts, examples_of, histories, side_by_side
from tests.support.minicluster import MiniCluster, write
from tests.support.oracle import Event

pytestmark = pytest.mark.slow
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SALE = Transaction(
    event_id="1-1",
    receipt_id="1",
    line_no=1,
    store_id="north",
    terminal_id="till",
    sku="milk",
    quantity=2,
    line_amount=Decimal("3.98"),
    unit_price=Decimal("1.99"),
    currency="EUR",
    occurred_at=START,
    recorded_at=START,
)
ORDER = ReplenishmentOrder(
    event_id=SALE.event_id,
    order_id="order",
    store_id="north",
    sku="milk",
    status="placed",
    quantity=9,
    expected_at=START,
    occurred_at=START,
    recorded_at=START,
)


def quarantined(minicluster: MiniCluster, folder: Path) -> dict[tuple[str, int, int], list[str]]:
    """Return the job's quarantined conflicts by their coordinates."""
    rows = minicluster.session(folder).all_changes(statements.QUARANTINE)
    newest = {(row[0], int(row[1]), int(row[2])): row[3:] for _, row in rows}
    return {place: row for place, row in newest.items() if row[0] == "conflict"}


def test_each_delivery_with_other_content_is_quarantined_and_no_repeat(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    events = [event for history in side_by_side(examples_of(histories())) for event in history]
    expected = set()
    for record_type in EVENTS:
        first: dict[str, Event] = {}
        of_type = [event for event in events if type(event) is record_type]
        write(tmp_path, 0, of_type)
        for offset, event in enumerate(of_type):
            if first.setdefault(event.event_id, event) != event:
                expected.add((record_type.TOPIC, 0, offset))
    assert expected
    assert quarantined(minicluster, tmp_path).keys() == expected


@pytest.mark.parametrize(
    "other",
    [
        replace(SALE, store_id="south"),
        replace(SALE, line_no=2),
        replace(SALE, terminal_id="till 2"),
        replace(SALE, unit_price=None),
        replace(SALE, quantity=3, line_amount=Decimal("3.67")),
        replace(SALE, quantity=-1),
    ],
    ids=["store", "line", "till", "price", "quantity and amount", "complement of the quantity"],
)
def test_any_other_content_is_a_conflict_that_moves_nothing(
    minicluster: MiniCluster, tmp_path: Path, other: Transaction
) -> None:
    write(tmp_path, 0, [SALE, SALE, other, SALE, other])
    first, again = quarantined(minicluster, tmp_path).values()
    assert first == again
    assert first[1].startswith("this event_id came before with other content; not counted: ")
    assert first[1].endswith("event_id 1-1")
    levels = minicluster.session(tmp_path).all_changes(statements.INVENTORY_LEVELS)
    shelf = [other.store_id, "milk"]
    moved = "-2" if shelf[0] == SALE.store_id else "0"
    assert [row[:3] for _, row in levels] == [["north", "milk", "-2"], [*shelf, moved]]


@pytest.mark.parametrize("truth", [LEVELS, LEDGER, ORDERS], ids=lambda truth: truth.file.stem)
def test_an_order_with_the_id_of_a_sale_is_an_event_of_its_own(
    truth: Truth, minicluster: MiniCluster, tmp_path: Path
) -> None:
    """Else the ledger would keep the sale after a crash in which the order comes to count."""
    assert last_rows(minicluster, tmp_path, [SALE, ORDER], truth) == truth.expected([SALE, ORDER])


@pytest.mark.parametrize(
    "truth", [LEVELS, ORDERS, TRANSFERS, MINUTES, DAYS], ids=lambda truth: truth.file.stem
)
def test_whichever_content_is_the_first_all_rows_are_true_and_their_versions_the_same(
    truth: Truth, minicluster: MiniCluster, tmp_path: Path
) -> None:
    events = [event for history in side_by_side(examples_of(conflicts())) for event in history]
    versions = []
    for name, read in (("forwards", events), ("backwards", events[::-1])):
        rows = last_rows(minicluster, tmp_path / name, read, truth)
        assert rows == truth.expected(read)
        versions.append({key: version(row) for key, row in rows.items()})
    assert versions[0] == versions[1]


def version(row: Any) -> int:
    return int(row[-1] if isinstance(row, tuple) else row.version)
