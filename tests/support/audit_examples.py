"""Histories of all kinds of events for the audit, and an audit of them in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from audit.auditor import Auditor
from audit.events import Delivery
from audit.report import Report
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
        phase=st.sampled_from(["shipped", "received"]),
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
    """In the order in which the job took them; some delivered again, to any partition."""
    drawn = draw(st.lists(events, min_size=1, max_size=12))
    named = [replace(event, event_id=f"e{n}") for n, event in enumerate(drawn)]
    repeats = draw(st.lists(st.sampled_from(named), max_size=5))
    order = draw(st.permutations(named + repeats))
    partitions = st.integers(0, PARTITIONS - 1)
    return placed([(event, draw(partitions)) for event in order])


def placed(order: Iterable[tuple[AnyEvent, int]], late: bool = False) -> list[Delivery]:
    """Deliveries with the offsets that Kafka gives them."""
    ends: dict[tuple[str, int], int] = {}
    made = []
    for event, partition in order:
        offset = ends.get((event.TOPIC, partition), 0)
        ends[event.TOPIC, partition] = offset + 1
        made.append(Delivery(event, partition, offset, late))
    return made


def audit(
    deliveries: Sequence[Delivery],
    published: Iterable[Record],
    buckets: int = 2,
    count_seconds: int = 0,
) -> Report:
    """What the audit says of these, in any order of topics."""
    with TemporaryDirectory() as folder:
        judge = Auditor(Path(folder), buckets, ZoneInfo("UTC"), count_seconds)
        for record in published:
            judge.published(record)
        for delivery in deliveries:
            judge.event(delivery)
            judge.report.accounts[delivery.event.TOPIC].records += not delivery.late
        return judge.report_after()
