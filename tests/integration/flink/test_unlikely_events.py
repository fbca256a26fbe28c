"""Edge cases: each has the outcome that its contract documents."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flink import statements
from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.violations import ContractViolationError
from tests.support.examples import START
from tests.support.minicluster import MiniCluster, write
from tests.support.oracle import Event

pytestmark = pytest.mark.slow
INT_MAX = 2**31 - 1
ROW: dict[str, Any] = {"store_id": "north", "recorded_at": START}
LARGEST_AMOUNT = Decimal("9999999999.99")
LARGER_EVENTS = """
CREATE TEMPORARY VIEW larger_events AS
SELECT
  kind, store_id, sku, currency, quantity, occurred_at, accepted_at,
  CAST(100000 * line_amount AS DECIMAL(18, 2)) AS line_amount
FROM deduplicated_events
"""
LATER = START + timedelta(hours=1)


def shipment(sku: str, number: int, quantity: int, **values: Any) -> Shipment:
    values = {**ROW, "occurred_at": START, **values}
    return Shipment(event_id=f"{sku}-in-{number}", sku=sku, quantity=quantity, **values)


def count(sku: str, quantity: int, at: Any = START) -> StockCount:
    return StockCount(event_id=f"{sku}-count", sku=sku, quantity=quantity, counted_at=at, **ROW)


def leg(sku: str, phase: str, quantity: int, to_store: str) -> Transfer:
    return Transfer(
        event_id=f"{sku}-{phase}",
        transfer_id=f"{sku}-transfer",
        from_store="north",
        to_store=to_store,
        sku=sku,
        quantity=quantity,
        phase=phase,
        occurred_at=START,
        recorded_at=START,
    )


def sale(sku: str, number: int, amount: Decimal) -> Transaction:
    return Transaction(
        event_id=f"{sku}-sale-{number}",
        receipt_id="receipt",
        line_no=1,
        terminal_id="till",
        sku=sku,
        quantity=1,
        line_amount=amount,
        currency="EUR",
        occurred_at=START,
        **ROW,
    )


def order(sku: str, status: str) -> ReplenishmentOrder:
    return ReplenishmentOrder(
        event_id=f"{sku}-{status}",
        order_id=f"{sku}-order",
        sku=sku,
        status=status,
        quantity=9,
        expected_at=START,
        occurred_at=START,
        **ROW,
    )


ADJUSTMENT_OF_0 = Adjustment(
    event_id="checked",
    sku="adjusted by 0",
    quantity=0,
    reason="correction",
    occurred_at=START,
    **ROW,
)
CASES: list[Event] = [
    count("count in the future", 7, LATER),
    shipment("count in the future", 1, 5),
    count("never seen before", 3),
    shipment("to itself", 1, 10),
    leg("to itself", "shipped", 4, "north"),
    leg("to itself", "received", 4, "north"),
    leg("more received", "shipped", 2, "south"),
    leg("more received", "received", 5, "south"),
    order("cancelled late", "placed"),
    shipment("cancelled late", 1, 9, order_id="cancelled late-order"),
    order("cancelled late", "cancelled"),
    ADJUSTMENT_OF_0,
    shipment("beyond 32 bits", 1, INT_MAX),
    shipment("beyond 32 bits", 2, INT_MAX),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("unlikely")
    for number, event in enumerate(CASES):
        write(place, number, [event])
    return place


@pytest.fixture(scope="module")
def levels(minicluster: MiniCluster, folder: Path) -> dict[tuple[str, str], list[str]]:
    rows = minicluster.session(folder).all_changes(statements.INVENTORY_LEVELS)
    return {(row[0], row[1]): row[2:] for _, row in rows}


def on_hand(levels: dict[tuple[str, str], list[str]], sku: str, store: str = "north") -> int:
    return int(levels[store, sku][0])


def test_a_count_in_the_future_is_the_anchor_and_earlier_movements_change_nothing(
    levels: dict[tuple[str, str], list[str]],
) -> None:
    assert on_hand(levels, "count in the future") == 7


def test_a_count_of_an_unknown_product_creates_its_level(
    levels: dict[tuple[str, str], list[str]],
) -> None:
    assert on_hand(levels, "never seen before") == 3


def test_a_transfer_to_the_same_store_leaves_on_hand_unchanged(
    levels: dict[tuple[str, str], list[str]],
) -> None:
    assert on_hand(levels, "to itself") == 10
    assert levels["north", "to itself"][7:9] == ["4", "4"]


def test_units_received_beyond_the_shipped_are_on_hand_and_not_in_transit(
    minicluster: MiniCluster, folder: Path, levels: dict[tuple[str, str], list[str]]
) -> None:
    assert on_hand(levels, "more received") == -2
    assert on_hand(levels, "more received", "south") == 5
    rows = minicluster.session(folder).all_changes(statements.OPEN_TRANSFERS)
    (last,) = {row[3]: row[4:7] for _, row in rows if row[3] == "more received"}.values()
    assert last == ["2", "5", "0"]


def test_an_order_cancelled_after_its_receipt_has_nothing_remaining_and_keeps_its_figures(
    minicluster: MiniCluster, folder: Path, levels: dict[tuple[str, str], list[str]]
) -> None:
    assert on_hand(levels, "cancelled late") == 9
    rows = minicluster.session(folder).all_changes(statements.OPEN_ORDERS)
    (last,) = {row[2]: row[3:7] for _, row in rows}.values()
    assert last == ["9", "9", "0", "true"]


def test_an_adjustment_of_0_is_accepted_and_moves_nothing(
    levels: dict[tuple[str, str], list[str]],
) -> None:
    assert (on_hand(levels, "adjusted by 0"), levels["north", "adjusted by 0"][4]) == (0, "1")


def test_sums_beyond_32_bits_are_exact(levels: dict[tuple[str, str], list[str]]) -> None:
    assert on_hand(levels, "beyond 32 bits") == 2 * INT_MAX


@pytest.mark.parametrize("event", [CASES[1], CASES[2], CASES[4], CASES[8], ADJUSTMENT_OF_0])
def test_a_quantity_beyond_32_bits_violates_the_contract(event: Any) -> None:
    with pytest.raises(ContractViolationError, match="quantity"):
        replace(event, quantity=INT_MAX + 1).validate()


@pytest.mark.parametrize("statement", [statements.SALES_BY_DAY, statements.SALES_PER_MINUTE])
def test_a_revenue_beyond_its_column_is_the_largest_and_the_job_goes_on(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: Path
) -> None:
    """A million lines of the largest amount of a contract: here a few larger ones."""
    signs = {"sold": 12 * [1], "refunded": 12 * [-1], "sold and refunded": 12 * [1] + 9 * [-1]}
    amounts = [(sku, sign * LARGEST_AMOUNT) for sku, each in signs.items() for sign in each]
    write(tmp_path, 0, [sale(sku, number, of) for number, (sku, of) in enumerate(amounts)])
    session = minicluster.session(tmp_path)
    session.tables.execute_sql(LARGER_EVENTS)
    intact = statements.read
    monkeypatch.setattr(
        statements,
        "read",
        lambda *file: intact(*file).replace("FROM deduplicated_events", "FROM larger_events"),
    )
    last = {row[1]: Decimal(row[5]) for _, row in session.all_changes(statement)}
    assert last == {
        "sold": Decimal("9999999999999999.99"),
        "refunded": Decimal("-9999999999999999.99"),
        "sold and refunded": 3 * 100_000 * LARGEST_AMOUNT,
    }
