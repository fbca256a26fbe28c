"""Orders and transfers that end and begin again: random histories, and the oracle of their rows.

An item ends when it is finished and the next event of its key is accepted more than KEPT later; of
several events of one moment, none is alone. Its row has the events since the last end.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.generated import ReplenishmentOrder, Shipment, Transfer
from tests.support import oracle
from tests.support.examples import START
from tests.support.oracle import Event

KEPT = timedelta(seconds=1000)
GAPS = st.sampled_from([0.0, 1, 500, 1000, 1000.001, 1001, 3000]).map(
    lambda seconds: timedelta(seconds=seconds)
)
units = st.integers(1, 3)
common: dict[str, Any] = {
    "event_id": st.just(""),
    "sku": st.just("milk"),
    "recorded_at": st.just(START),
    "occurred_at": st.just(START),
    "quantity": units,
}
orders = st.sampled_from(["o1", "o2"])
placed = st.builds(
    ReplenishmentOrder,
    order_id=orders,
    store_id=st.just("north"),
    status=st.sampled_from(["placed", "placed", "placed", "cancelled"]),
    expected_at=st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
    **common,
)
shipments = st.builds(Shipment, order_id=orders, store_id=st.just("north"), **common)
legs = st.builds(
    Transfer,
    transfer_id=st.sampled_from(["t1", "t2"]),
    from_store=st.just("north"),
    to_store=st.just("south"),
    phase=st.sampled_from(["shipped", "shipped", "received", "lost"]),
    **common,
)


class Accepted(NamedTuple):
    """An event, and the log time of a delivery."""

    event: Event
    at: datetime


@st.composite
def logs(draw: st.DrawFn) -> list[Accepted]:
    """Return up to ten events at growing log times, some of them delivered again later."""
    drawn = draw(st.lists(st.one_of(placed, shipments, legs), min_size=1, max_size=10))
    log, at = [], START
    for number, event in enumerate(drawn):
        at += draw(GAPS)
        named = type(event).from_dict(event.to_dict() | {"event_id": f"e{number}"})
        log.append(Accepted(named, at))
    repeats = draw(st.lists(st.sampled_from(log), max_size=3))
    return log + [Accepted(event, first + draw(GAPS)) for event, first in repeats]


def renamed(logs: Iterable[list[Accepted]]) -> list[Accepted]:
    """Prefix the names of each log, so that one job can read all of them."""
    names = ("event_id", "order_id", "transfer_id")
    return [
        Accepted(
            type(event).from_dict(
                event.to_dict()
                | {
                    name: f"{number}:{value}"
                    for name in names
                    if (value := getattr(event, name, None)) is not None
                }
            ),
            at,
        )
        for number, log in enumerate(logs)
        for event, at in log
    ]


def expected(log: list[Accepted], rows_of: Callable[[list[Event]], dict[Any, Any]]) -> Any:
    """Return the row of each key after its last end. rows_of: the oracle of orders or transfers."""
    first: dict[str, Accepted] = {}
    for accepted in sorted(log, key=lambda each: each.at):
        first.setdefault(accepted.event.event_id, accepted)
    by_key: defaultdict[Any, list[Accepted]] = defaultdict(list)
    for accepted in first.values():
        for key in rows_of([accepted.event]):
            by_key[key].append(accepted)
    return {key: _newest(events, rows_of) for key, events in by_key.items()}


def _newest(events: list[Accepted], rows_of: Callable[[list[Event]], dict[Any, Any]]) -> Any:
    for number in range(1, len(events)):
        pause = events[number].at - events[number - 1].at
        (row,) = rows_of([each.event for each in events[:number]]).values()
        if pause > KEPT and is_finished(row):
            return _newest(events[number:], rows_of)
    (row,) = rows_of([each.event for each in events]).values()
    return row


def is_finished(row: oracle.Order | oracle.Passage) -> bool:
    return not (row.remaining if isinstance(row, oracle.Order) else row.in_transit)
