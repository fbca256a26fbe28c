"""Two events with one event_id: the first counts, the other is quarantined; a repeat is neither."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from flink import statements
from schemas.generated import EVENTS, Transaction
from tests.support.examples import examples_of, histories, side_by_side
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


def quarantined(minicluster: MiniCluster, folder: Path) -> dict[tuple[str, int, int], list[str]]:
    """Return the job's quarantined conflicts by their coordinates."""
    rows = minicluster.session(folder).all_changes(statements.QUARANTINE)
    return {(row[0], int(row[1]), int(row[2])): row[3:] for _, row in rows if row[3] == "conflict"}


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
    ],
    ids=["store", "line", "till", "price", "quantity and amount"],
)
def test_any_other_content_is_a_conflict_that_changes_no_level(
    minicluster: MiniCluster, tmp_path: Path, other: Transaction
) -> None:
    write(tmp_path, 0, [SALE, SALE, other, SALE])
    (row,) = quarantined(minicluster, tmp_path).values()
    assert row[1].startswith("this event_id came before with other content; not counted: ")
    assert row[1].endswith("event_id 1-1")
    levels = minicluster.session(tmp_path).all_changes(statements.INVENTORY_LEVELS)
    assert [row[:3] for _, row in levels] == [["north", "milk", "-2"]]
