"""What can happen in a chain, and what is to happen later."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from schemas.generated import (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

Event = Transaction | Shipment | StockCount | Adjustment | Transfer | ReplenishmentOrder


class TimedEvent(NamedTuple):
    """seconds: when it happens, after the start; the event's own time may be a wrong clock's."""

    seconds: float
    event: Event


Action = Callable[[float], Sequence[Event]]
"""Seconds after the start -> the events of what is done then."""


class Agenda:
    """What has been begun and will go on later: goods under way."""

    def __init__(self) -> None:
        self._acts: list[tuple[float, int, Action]] = []
        self._numbers = count()

    def add(self, seconds: float, act: Action) -> None:
        """Have something done at that time, after the start."""
        heapq.heappush(self._acts, (seconds, next(self._numbers), act))

    def until(self, seconds: float) -> Iterator[TimedEvent]:
        """What is due by then, in its order, also what it leads to in turn."""
        while self._acts and self._acts[0][0] <= seconds:
            due, _, act = heapq.heappop(self._acts)
            for event in act(due):
                yield TimedEvent(due, event)
