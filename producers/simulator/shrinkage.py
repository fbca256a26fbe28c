"""Losses, finds and corrections of the shelves, with or without an event."""

from collections.abc import Sequence
from itertools import accumulate, count

from producers.simulator.simulated_shelves import Shelf, Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.generated import Adjustment, Transaction

REASONS = {"damage": 30, "theft": 25, "expiry": 25, "found": 12, "correction": 8}
"""Relative frequency of each reason."""
LOSSES = ("damage", "theft", "expiry")
MAX_UNITS = 4


class Shrinkage:
    """Changes the shelf of a line that was sold."""

    def __init__(self, simulation: Simulation, shelves: Shelves) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._dice = simulation.dice("shrinkage")
        self._reasons = list(REASONS)
        self._weights = list(accumulate(REASONS.values()))
        self._numbers = count(1)

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        if self._dice.random() >= self._simulation.behaviour.shrinkage:
            return ()
        shelf = self._shelves[line.key()]
        reason = self._dice.choices(self._reasons, cum_weights=self._weights)[0]
        if reason == "correction":
            # Of 0 units when the records were right.
            return (self._adjustment(line, seconds, shelf.rebook(), reason),)
        units, reason = self._units(shelf, line, reason)
        if self._dice.random() < self._simulation.behaviour.unrecorded:
            shelf.move_unrecorded(units)
            return ()
        shelf.move(units)
        return (self._adjustment(line, seconds, units, reason),)

    def _units(self, shelf: Shelf, line: Transaction, reason: str) -> tuple[int, str]:
        portions = self._dice.randint(1, MAX_UNITS)
        units = self._simulation.catalogue.taken(line.sku, portions, f"{line.event_id}:{reason}")
        if reason in LOSSES and shelf.stands:
            return -min(units, shelf.stands), reason
        # An empty shelf has nothing to lose.
        return units, "found"

    def _adjustment(self, line: Transaction, seconds: float, units: int, reason: str) -> Adjustment:
        at = self._simulation.at(seconds)
        return Adjustment(
            event_id=f"adjustment:{self._simulation.run}-{next(self._numbers)}",
            store_id=line.store_id,
            sku=line.sku,
            quantity=units,
            reason=reason,
            occurred_at=at,
            recorded_at=at,
        )
