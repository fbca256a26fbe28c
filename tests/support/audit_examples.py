"""Random histories of all events for the audit, and an audit of them in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from audit.audit_report import Report
from audit.auditor import Auditor
from audit.delivery import Delivery
from audit.lost_history import LostHistory
from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.generated import (
    Adjustment,
    AnyEvent,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record

FOR_EVER = Settings(gate="off", count_seconds=0, finished_seconds=0)
START = datetime(2026, 3, 1, 23, 58, tzinfo=UTC)
PARTITIONS = 2

stores = st.sampled_from(["north", "south"])
skus = st.sampled_from(["milk", "bread"])
orders = st.sampled_from(["order-1", "order-2"])
transfers = st.sampled_from(["transfer-1", "transfer-2"])
times = st.integers(0, 4).map(lambda minutes: START + timedelta(minutes=minutes))
units = st.integers(1, 9)
common = {"event_id": st.just(""), "sku": skus, "recorded_at": st.just(START)}

events: st.SearchStrategy[AnyEvent] = st.one_of(
    st.builds(
        Transaction,
        receipt_id=st.just("receipt"),
        line_no=st.just(1),
        terminal_id=st.just("till"),
        quantity=st.integers(-3, 5),
        line_amount=st.integers(-500, 500).map(lambda cents: Decimal(cents).scaleb(-2)),
        unit_price=st.none(),
        currency=st.sampled_from(["EUR", "USD"]),
        store_id=stores,
        occurred_at=times,
        **common,
    ),
    st.builds(
        Shipment,
        order_id=st.none() | orders,
        quantity=units,
        store_id=stores,
        occurred_at=times,
        **common,
    ),
    st.builds(StockCount, quantity=st.integers(0, 9), counted_at=times, store_id=stores, **common),
    st.builds(
        Adjustment,
        quantity=st.integers(-5, 5),
        reason=st.sampled_from(["damage", "found"]),
        store_id=stores,
        occurred_at=times,
        **common,
    ),
    st.builds(
        Transfer,
        transfer_id=transfers,
        from_store=stores,
        to_store=stores,
        quantity=units,
        phase=st.sampled_from(["shipped", "received", "lost"]),
        occurred_at=times,
        **common,
    ),
    st.builds(
        ReplenishmentOrder,
        order_id=orders,
        status=st.sampled_from(["placed", "placed", "cancelled"]),
        quantity=units,
        expected_at=times,
        store_id=stores,
        occurred_at=times,
        **common,
    ),
)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Delivery]:
    """Deliveries in the order in which the job accepts them, with repeats in any partition."""
    drawn = draw(st.lists(events, min_size=1, max_size=12))
    named = [replace(event, event_id=f"e{n}") for n, event in enumerate(drawn)]
    repeats = draw(st.lists(st.sampled_from(named), max_size=5))
    order = draw(st.permutations(named + repeats))
    partitions = st.integers(0, PARTITIONS - 1)
    return placed([(event, draw(partitions)) for event in order])


def placed(order: Iterable[tuple[AnyEvent, int]], late: bool = False) -> list[Delivery]:
    """Return deliveries with the offsets that Kafka would assign."""
    ends: dict[tuple[str, int], int] = {}
    deliveries = []
    for event, partition in order:
        offset = ends.get((event.TOPIC, partition), 0)
        ends[event.TOPIC, partition] = offset + 1
        deliveries.append(Delivery(event, partition, offset, late))
    return deliveries


def audit(
    deliveries: Sequence[Delivery],
    published: Iterable[Record | Tombstone],
    buckets: int = 2,
    settings: Settings = FOR_EVER,
    lost: LostHistory | None = None,
) -> Report:
    """Return the report of an audit of these deliveries and published records."""
    with TemporaryDirectory() as folder:
        auditor = Auditor(Path(folder), buckets, settings)
        for record in published:
            auditor.published(record)
        for delivery in deliveries:
            auditor.event(delivery)
            auditor.report.accounts[delivery.event.TOPIC].records += not delivery.late
        return auditor.report_after(lost or LostHistory())
