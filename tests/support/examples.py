"""Random histories; one Flink job reads many of them side by side."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from tests.support.oracle import Event

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
INT_MAX = 2**31 - 1
INT_MIN = -(2**31)

stores = st.sampled_from(["north", "south"])
skus = st.sampled_from(["milk", "bread"])
times = st.integers(-3, 3).map(lambda minutes: START + timedelta(minutes=minutes))
small = st.integers(-3, 5)
sold = st.one_of(small, small, st.sampled_from([INT_MAX, INT_MIN, INT_MAX - 1]))
received = st.one_of(st.integers(1, 9), st.integers(1, 9), st.just(INT_MAX))

transactions = st.builds(
    Transaction,
    event_id=st.just(""),
    receipt_id=st.just("receipt"),
    line_no=st.just(1),
    store_id=stores,
    terminal_id=st.just("till"),
    sku=skus,
    quantity=sold,
    line_amount=st.integers(-500, 500).map(lambda cents: Decimal(cents).scaleb(-2)),
    unit_price=st.none(),
    currency=st.sampled_from(["EUR", "USD"]),
    occurred_at=times,
    recorded_at=st.just(START),
)
order_ids = st.sampled_from(["o1", "o2"])
EVENT = {"event_id": st.just(""), "recorded_at": st.just(START)}
shipments = st.builds(
    Shipment,
    **EVENT,
    order_id=st.none() | order_ids,
    store_id=stores,
    sku=skus,
    quantity=received,
    occurred_at=times,
)
counts = st.builds(
    StockCount,
    **EVENT,
    store_id=stores,
    sku=skus,
    quantity=st.one_of(st.integers(0, 9), st.just(INT_MAX)),
    counted_at=times,
)
adjustments = st.builds(
    Adjustment,
    **EVENT,
    store_id=stores,
    sku=skus,
    quantity=sold,
    reason=st.sampled_from(["damage", "theft", "expiry", "found", "correction"]),
    occurred_at=times,
)
transfers = st.builds(
    Transfer,
    **EVENT,
    transfer_id=st.sampled_from(["t1", "t2"]),
    from_store=stores,
    to_store=stores,
    sku=skus,
    quantity=received,
    phase=st.sampled_from([*("shipped", "received", "lost") * 2, "stolen"]),
    occurred_at=times,
)
orders = st.builds(
    ReplenishmentOrder,
    **EVENT,
    order_id=order_ids,
    store_id=stores,
    sku=skus,
    status=st.sampled_from([*("placed", "placed", "cancelled") * 2, "delayed"]),
    quantity=st.integers(0, 9),
    expected_at=times,
    occurred_at=times,
)
KINDS: tuple[st.SearchStrategy[Event], ...] = (
    transactions,
    shipments,
    counts,
    counts,
    adjustments,
    transfers,
    orders,
)
events = st.one_of(*KINDS)
NAMES = ("event_id", "store_id", "from_store", "to_store", "order_id", "transfer_id")


@st.composite
def histories(draw: st.DrawFn, contradictions: bool = True) -> list[Event]:
    """Return arrivals of up to ten events in any order, some of them repeated.

    Half of the histories have one shelf and three minutes, for many ties.
    contradictions: a repeat may have other content than the first delivery.
    """
    drawn: list[Event] = draw(st.lists(events, min_size=1, max_size=10))
    if draw(st.booleans()):
        drawn = [_crowded(event) for event in drawn]
    named = [replace(event, event_id=f"e{n}") for n, event in enumerate(drawn)]
    repeats = draw(st.lists(st.sampled_from(named), max_size=6))
    arrivals = draw(st.permutations(named + repeats))
    if contradictions and draw(st.booleans()):
        changes: dict[str, Any] = {"quantity": 7, _time_field(arrivals[0]): draw(times)}
        other = replace(arrivals[0], **changes)
        arrivals = [*arrivals, *[other] * draw(st.integers(1, 2))]
    return arrivals


@st.composite
def conflicts(draw: st.DrawFn) -> list[Event]:
    """Return two or three contents of one event_id, among other events of the same kind."""
    kind = draw(st.sampled_from(KINDS))
    drawn: list[Event] = draw(st.lists(kind, min_size=2, max_size=6))
    return [replace(event, event_id=f"e{max(n - 2, 0)}") for n, event in enumerate(drawn)]


def _crowded(event: Event) -> Event:
    shelf = {} if isinstance(event, Transfer) else {"store_id": "north"}
    field = _time_field(event)
    minutes = (getattr(event, field) - START) / timedelta(minutes=1)
    time = START + timedelta(minutes=(minutes > 0) - (minutes < 0))
    changes: dict[str, Any] = {**shelf, "sku": "milk", field: time}
    return replace(event, **changes)


def _time_field(event: Event) -> str:
    return "counted_at" if isinstance(event, StockCount) else "occurred_at"


def examples_of(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """Return as many examples as the Hypothesis profile sets."""
    examples: list[Any] = []

    @settings(phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def gather(example: Any) -> None:
        examples.append(example)

    gather()
    assert len(examples) >= settings().max_examples
    return examples


def side_by_side(histories: list[list[Event]]) -> list[list[Event]]:
    """Prefix the names of each history, so that one job can read all of them."""
    return [[_renamed(event, f"{n}:") for event in history] for n, history in enumerate(histories)]


def _renamed(event: Event, prefix: str) -> Event:
    names = {name: getattr(event, name, None) for name in NAMES}
    return replace(event, **{name: prefix + old for name, old in names.items() if old is not None})
