"""Load of the job's steps: two answers of Flink's REST API compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HELD_UP = 0.1
"""Share of time from which a step counts as held up by a later one."""
PERIOD_SECONDS = 15.0
BUSY = "accumulated-busy-time"
"""Flink derives it from the others: it may go back by milliseconds."""
TIMES = ("accumulated-idle-time", "accumulated-backpressured-time", BUSY)
"""Flink's counters of a step's time; they are renewed together, and later than its clock."""
COUNTERS = (*TIMES, "read-records", "write-records")


@dataclass(frozen=True, slots=True)
class StepLoad:
    """One step between two moments; shares of its time, 0 to 1."""

    name: str
    """Flink's name of it."""
    busy: float
    held_up: float
    """Share in which it waits for a later step (backpressure)."""
    records: float
    """Records that it reads in a second; those that it writes if it is a source."""


def step_loads(answers: Sequence[dict[str, Any]]) -> list[StepLoad]:
    """Return the load of each step over the last PERIOD_SECONDS, in the job's order.

    answers: to GET /jobs/<id>, oldest first. A step that has started anew meanwhile is missing.
    """
    later = answers[-1]
    begin = later["now"] - PERIOD_SECONDS * 1000
    earlier = next(answer for answer in answers if answer["now"] >= begin)
    seconds = (later["now"] - earlier["now"]) / 1000
    if seconds <= 0:
        return []
    before = {vertex["id"]: vertex["metrics"] for vertex in earlier["vertices"]}
    loads = []
    for vertex in later["vertices"]:
        then, now = before.get(vertex["id"]), vertex["metrics"]
        if then is None or vertex["status"] != "RUNNING":
            continue
        changes = {name: now[name] - then[name] for name in COUNTERS}
        if min(changes[name] for name in COUNTERS if name != BUSY) < 0:
            continue
        changes[BUSY] = max(changes[BUSY], 0)
        total = sum(changes[name] for name in TIMES)
        if not 0 < total < math.inf:
            continue
        _, held_up, busy = (changes[name] / total for name in TIMES)
        records = changes["read-records"] or changes["write-records"]
        loads.append(StepLoad(vertex["name"], busy, held_up, records / seconds))
    return loads


def slowest(loads: list[StepLoad]) -> StepLoad | None:
    """Return the step that limits the job: the busiest; None without any."""
    return max(loads, key=lambda load: load.busy, default=None)


def is_held_up(loads: list[StepLoad]) -> bool:
    """Return True if some step waits for the slowest one."""
    return any(load.held_up > HELD_UP for load in loads)
