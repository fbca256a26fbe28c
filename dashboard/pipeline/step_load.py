"""Load of the job's steps: two answers of Flink's REST API compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HELD_UP = 0.1
"""Share of time from which a step counts as held up by a later one."""
SATURATED = 0.9
"""Share of time from which a step is at its limit: once its buffers are full, others wait."""
PERIOD_SECONDS = 6.0
"""Time over which the load is measured, or until Flink's next figures.

Over 12 s, a sink that became slow was named after 16 s, as a busy step before it was still ahead.
"""
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
    earlier = _earlier(answers)
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
        seconds = total / vertex["parallelism"] / 1000  # by the clock of the figures
        loads.append(StepLoad(vertex["name"], busy, held_up, records / seconds))
    return loads


def _earlier(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the newest answer that is PERIOD_SECONDS older than the last, with other figures.

    A cluster renews its figures each ten seconds by default, and repeats them meanwhile.
    """
    newest = answers[-1]
    earlier: dict[str, Any] = answers[0]
    for answer in answers:
        is_old = answer["now"] <= newest["now"] - PERIOD_SECONDS * 1000
        if is_old and _figures(answer) != _figures(newest):
            earlier = answer
    return earlier


def _figures(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [vertex["metrics"] for vertex in answer["vertices"]]


def slowest(loads: list[StepLoad]) -> StepLoad | None:
    """Return the step that limits the job: the busiest; None without any."""
    return max(loads, key=lambda load: load.busy, default=None)


def is_saturated(load: StepLoad) -> bool:
    """Return True if a step cannot take more."""
    return load.busy > SATURATED


def held_up(loads: list[StepLoad]) -> StepLoad | None:
    """Return the step that waits most for the slowest one; None if no step waits for it."""
    limit = slowest(loads)
    waiting = [load for load in loads if load is not limit and load.held_up > HELD_UP]
    return max(waiting, key=lambda load: load.held_up, default=None)
