"""Delays and duplicates of events on their way to Kafka."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event, TimedEvent

REPEAT_SECONDS = 30.0
"""Longest time between an event and its duplicate, in seconds."""


class Sending(NamedTuple):
    """An event as it is sent."""

    seconds: float
    """Seconds after the start."""
    number: int
    """Order of events that are sent at one time."""
    event: Event
    repeat: bool


def sendings(timed_events: Iterable[TimedEvent], simulation: Simulation) -> Iterator[Sending]:
    """Yield events in the order in which they are sent, delayed ones at the end included."""
    behaviour = simulation.behaviour
    # Own random numbers: faults do not change the events.
    dice = simulation.dice("faults")
    waiting: list[Sending] = []
    numbers = count()
    for seconds, event in timed_events:
        while waiting and waiting[0].seconds <= seconds:
            yield heapq.heappop(waiting)
        moment, sent = seconds, event
        if dice.random() < behaviour.late:
            moment += dice.uniform(0, behaviour.late_seconds)
            sent = replace(event, recorded_at=simulation.at(moment))
        heapq.heappush(waiting, Sending(moment, next(numbers), sent, repeat=False))
        if dice.random() < behaviour.duplicates:
            again = moment + dice.uniform(0, REPEAT_SECONDS)
            heapq.heappush(waiting, Sending(again, next(numbers), sent, repeat=True))
    while waiting:
        yield heapq.heappop(waiting)
