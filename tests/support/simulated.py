"""A small simulated chain with all faults, and the movements of its events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import catalogue
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.generated import (
    Adjustment,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record

START = datetime(2026, 3, 1, tzinfo=UTC)
FAULTY = Behaviour(
    rate=2, counts=0.05, transfers=0.03, duplicates=0.05, late=0.05, late_seconds=7200, clock_skew=3
)
CHAIN = catalogue(seed=7, stores=3, skus=30)


def simulation(behaviour: Behaviour = FAULTY, seed: int = 7, events: int = 8_000) -> Simulation:
    return Simulation(catalogue=CHAIN, behaviour=behaviour, seed=seed, start=START, events=events)


def first_deliveries(sent: Iterable[Any]) -> list[Any]:
    accepted: dict[str, Any] = {}
    for event in sent:
        accepted.setdefault(event.event_id, event)
    return list(accepted.values())


def of(record_type: type[Record], events: Iterable[Any]) -> list[Any]:
    return [event for event in events if type(event) is record_type]


def when(event: Event) -> datetime:
    return event.counted_at if isinstance(event, StockCount) else event.occurred_at


def steps(event: Event) -> Iterator[tuple[tuple[str, str], int]]:
    """(store, sku), signed units of a movement."""
    if isinstance(event, Transaction):
        yield (event.store_id, event.sku), -event.quantity
    elif isinstance(event, Shipment | Adjustment):
        yield (event.store_id, event.sku), event.quantity
    elif isinstance(event, Transfer) and event.phase == "shipped":
        yield (event.from_store, event.sku), -event.quantity
    elif isinstance(event, Transfer) and event.phase == "received":
        yield (event.to_store, event.sku), event.quantity
