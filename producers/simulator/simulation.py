"""One simulation: the inputs that determine its events."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import LINES_A_DAY, Catalogue
from schemas.clock import whole_milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The chain, its behaviour, its random seed and its time."""

    catalogue: Catalogue
    behaviour: Behaviour
    seed: int
    start: datetime
    """Time at which the tills open, with a time zone."""
    events: int | None = None
    """Number of events; None for no end."""
    counts_from: float = 0.0
    """Seconds after the start before which no shelf is counted."""

    @property
    def run(self) -> str:
        """Part of every event_id, unique to the seed and the start."""
        return f"{self.seed}-{self.start:%Y%m%dT%H%M%S}{self.start.microsecond // 1000:03d}"

    @property
    def day_seconds(self) -> float:
        """Seconds in which the sales of a planned day are reached.

        Lead times are planned days: a chain that sells faster is delivered faster.
        """
        return LINES_A_DAY * len(self.catalogue.stores) / self.behaviour.rate

    def at(self, seconds: float) -> datetime:
        """Return the time that many seconds after the start, in whole milliseconds."""
        return whole_milliseconds(self.start + timedelta(seconds=seconds))

    def dice(self, name: str) -> random.Random:
        """Return the random numbers of one participant, independent of the others'."""
        return random.Random(f"{name}:{self.seed}")
