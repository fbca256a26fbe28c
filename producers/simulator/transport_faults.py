"""How events get from the stores to Kafka: mostly at once and once; sometimes late, or twice."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event, TimedEvent

REPEAT_SECONDS = 30.0
"""What is sent again is so within this time."""


class Sending(NamedTuple):
    """seconds: when the event is sent, after the start; number: order of those of one moment."""

    seconds: float
    number: int
    event: Event
    repeat: bool


def sendings(happenings: Iterable[TimedEvent], simulation: Simulation) -> Iterator[Sending]:
    """Events in the order in which they are sent; at the end, all that is still under way."""
    habits = simulation.habits
    # Faults have dice of their own: with and without them, the same happens.
    dice = simulation.dice("faults")
    waiting: list[Sending] = []
    numbers = count()
    for seconds, event in happenings:
        while waiting and waiting[0].seconds <= seconds:
            yield heapq.heappop(waiting)
        moment, sent = seconds, event
        if dice.random() < habits.late:
            moment += dice.uniform(0, habits.late_seconds)
            sent = replace(event, recorded_at=simulation.at(moment))
        heapq.heappush(waiting, Sending(moment, next(numbers), sent, repeat=False))
        if dice.random() < habits.duplicates:
            again = moment + dice.uniform(0, REPEAT_SECONDS)
            heapq.heappush(waiting, Sending(again, next(numbers), sent, repeat=True))
    while waiting:
        yield heapq.heappop(waiting)
