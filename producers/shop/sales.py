"""What the tills send: a pure, endless sequence of receipt lines, each with its moment.

The same arguments give the same sequence; nothing here reads a clock.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from producers.shop.catalogue import Catalogue
from producers.shop.habits import Habits
from producers.shop.tills import LINES_A_RECEIPT, Tills
from schemas.generated import Transaction
from schemas.rules import whole_milliseconds

REPEAT_SECONDS = 30.0
"""A till that repeats a line does so within this time."""


@dataclass(frozen=True, slots=True, order=True)
class Sending:
    """seconds: when the line is sent, after the start; number: order of those of one moment."""

    seconds: float
    number: int
    line: Transaction


def sales(
    catalogue: Catalogue, habits: Habits, seed: int, start: datetime, run: str
) -> Iterator[Sending]:
    """Lines in the order in which they are sent, for ever.

    start: when the tills open, with a time zone; run: begins every event_id and receipt_id.
    """
    rng = random.Random(f"sales:{seed}")
    # Faults have dice of their own: with and without them, the same goods are sold.
    faults = random.Random(f"faults:{seed}")
    tills = Tills(catalogue, habits, rng, run)
    waiting: list[Sending] = []
    numbers = count()
    seconds = 0.0
    while True:
        seconds += rng.expovariate(habits.rate_at(seconds) / LINES_A_RECEIPT)
        while waiting and waiting[0].seconds <= seconds:
            yield heapq.heappop(waiting)
        for line in tills.receipt(_at(start, seconds)):
            late = faults.random() < habits.late
            moment = seconds + (faults.uniform(0, habits.late_seconds) if late else 0.0)
            sent = replace(line, recorded_at=_at(start, moment)) if late else line
            heapq.heappush(waiting, Sending(moment, next(numbers), sent))
            if faults.random() < habits.duplicates:
                again = moment + faults.uniform(0, REPEAT_SECONDS)
                heapq.heappush(waiting, Sending(again, next(numbers), sent))


def _at(start: datetime, seconds: float) -> datetime:
    return whole_milliseconds(start + timedelta(seconds=seconds))
