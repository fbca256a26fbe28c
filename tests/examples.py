"""Random histories, many of which go through one Flink job side by side."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.generated import Shipment, Transaction
from tests.oracle import Event

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
INT_MOST = 2**31 - 1
INT_LEAST = -(2**31)

stores = st.sampled_from(["north", "south"])
skus = st.sampled_from(["milk", "bread"])
times = st.integers(-3, 3).map(lambda minutes: START + timedelta(minutes=minutes))
small = st.integers(-3, 5)
sold = st.one_of(small, small, st.sampled_from([INT_MOST, INT_LEAST, INT_MOST - 1]))
received = st.one_of(st.integers(1, 9), st.integers(1, 9), st.just(INT_MOST))

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
shipments = st.builds(
    Shipment,
    event_id=st.just(""),
    store_id=stores,
    sku=skus,
    quantity=received,
    occurred_at=times,
    recorded_at=st.just(START),
)


@st.composite
def histories(draw: st.DrawFn, contradictions: bool = True) -> list[Event]:
    """Arrivals of up to ten events in any order, some of them delivered more than once.

    contradictions: a repeat may also say something else than the first delivery did.
    """
    drawn: list[Event] = draw(st.lists(st.one_of(transactions, shipments), min_size=1, max_size=10))
    events = [replace(event, event_id=f"e{n}") for n, event in enumerate(drawn)]
    repeats = draw(st.lists(st.sampled_from(events), max_size=6))
    arrivals = draw(st.permutations(events + repeats))
    if contradictions and draw(st.booleans()):
        other = replace(arrivals[0], quantity=7, occurred_at=START)
        arrivals = [*arrivals, other]
    return arrivals


def examples_of(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """As many examples as the Hypothesis profile asks for."""
    found: list[Any] = []

    @settings(phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def gather(example: Any) -> None:
        found.append(example)

    gather()
    assert len(found) >= settings().max_examples
    return found


def side_by_side(histories: list[list[Event]]) -> list[list[Event]]:
    """The same histories with ids and stores of their own, so that one job can take them all."""
    return [
        [
            replace(event, event_id=f"{n}:{event.event_id}", store_id=f"{n}:{event.store_id}")
            for event in history
        ]
        for n, history in enumerate(histories)
    ]
