"""Events with their time, and an agenda of later actions."""

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
    """An event and its true time; the event's own time may be of a wrong clock."""

    seconds: float
    """Seconds after the start."""
    event: Event


Action = Callable[[float], Sequence[Event]]
"""Function of the seconds after the start that returns the events of that action."""


class Agenda:
    """Actions to be done later, such as the arrival of goods."""

    def __init__(self) -> None:
        self._actions: list[tuple[float, int, Action]] = []
        self._numbers = count()

    def add(self, seconds: float, action: Action) -> None:
        """Schedule an action, that many seconds after the start."""
        heapq.heappush(self._actions, (seconds, next(self._numbers), action))

    def until(self, seconds: float) -> Iterator[TimedEvent]:
        """Run the actions due by then in order of time, and those that they schedule."""
        while self._actions and self._actions[0][0] <= seconds:
            due, _, action = heapq.heappop(self._actions)
            for event in action(due):
                yield TimedEvent(due, event)
