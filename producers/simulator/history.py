"""The history of a chain: a pure sequence of all that happens, each with its moment.

The same simulation and shelves give the same sequence; nothing here reads a clock.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

from producers.simulator.shelves import Shelves
from producers.simulator.shrinkage import Shrinkage
from producers.simulator.simulation import Simulation
from producers.simulator.stocktaking import Stocktaking
from producers.simulator.supplier import Supplier
from producers.simulator.tills import LINES_A_RECEIPT, Tills
from producers.simulator.timeline import Agenda, Event, TimedEvent
from producers.simulator.transfers import Transfers
from schemas.generated import Transaction


class Part(Protocol):
    """Somebody in the chain for whom a sale is an occasion to act."""

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        """What is done after a line was sold, at so many seconds after the start."""


def history(
    simulation: Simulation, shelves: Shelves, *, supplied: bool, until: float = math.inf
) -> Iterator[TimedEvent]:
    """Yield the events after the opening in order of time.

    supplied: with a supplier of its own, instead of one that reads the levels; until: seconds
    after the start at which the history ends. `shelves` change with each event; deliveries of
    others that are put on them meanwhile count.
    """
    habits = simulation.habits
    agenda = Agenda()
    parts: list[Part] = [
        Shrinkage(simulation, shelves),
        Transfers(simulation, shelves, agenda),
        Stocktaking(simulation, shelves),
    ]
    if supplied:
        parts.append(Supplier(simulation, shelves, agenda))
    customers = simulation.dice("sales")
    tills = Tills(simulation.catalogue, habits, customers, simulation.run)
    seconds = 0.0
    while True:
        seconds += customers.expovariate(habits.rate_at(seconds) / LINES_A_RECEIPT)
        yield from agenda.until(min(seconds, until))
        if seconds > until:
            return
        lines = tills.receipt(simulation.at(seconds))
        for line in lines:
            shelves[line.key()].move(-line.quantity)
            yield TimedEvent(seconds, line)
        for line in lines:
            for part in parts:
                for event in part.after(line, seconds):
                    yield TimedEvent(seconds, event)
