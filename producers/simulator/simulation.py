"""One simulation: everything that decides what happens in it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from producers.simulator.behaviour import Habits
from producers.simulator.catalogue import LINES_A_DAY, Catalogue
from schemas.clock import whole_milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The chain, its behaviour, its random seed and its time."""

    catalogue: Catalogue
    habits: Habits
    seed: int
    start: datetime
    """Time at which the tills open, with a time zone."""
    events: int | None = None
    """Number of events; None for no end."""
    counts_from: float = 0.0
    """Seconds after the start before which no shelf is counted."""

    @property
    def run(self) -> str:
        """Part of every event_id: two seeds, or two starts, share none."""
        return f"{self.seed}-{self.start:%Y%m%dT%H%M%S}{self.start.microsecond // 1000:03d}"

    @property
    def day_seconds(self) -> float:
        """How long it takes to sell what the shelves' plan expects of a day.

        Lead times are days of the plan: a chain that sells faster is delivered faster.
        """
        return LINES_A_DAY * len(self.catalogue.stores) / self.habits.rate

    def at(self, seconds: float) -> datetime:
        """The time so many seconds after the start, in whole milliseconds."""
        return whole_milliseconds(self.start + timedelta(seconds=seconds))

    def dice(self, name: str) -> random.Random:
        """Each part's own dice: to change one habit does not change what the others decide."""
        return random.Random(f"{name}:{self.seed}")
