"""The events of a chain in order of time.

The same simulation and shelves give the same events; no clock is read.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

from producers.simulator.shrinkage import Shrinkage
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.stocktaking import Stocktaking
from producers.simulator.supplier import Supplier
from producers.simulator.tills import LINES_A_RECEIPT, Tills
from producers.simulator.timeline import Agenda, Event, TimedEvent
from producers.simulator.transfers import Transfers
from schemas.generated import Transaction


class Participant(Protocol):
    """Somebody in the chain who may act after a sale."""

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        """Return the events that follow a sold line, that many seconds after the start."""


def history(
    simulation: Simulation, shelves: Shelves, *, supplied: bool, until: float = math.inf
) -> Iterator[TimedEvent]:
    """Yield the events after the opening in order of time.

    supplied: with a supplier of its own, instead of one that reads the levels; until: seconds
    after the start at which the history ends. `shelves` change with each event; deliveries of
    others that are put on them meanwhile count.
    """
    behaviour = simulation.behaviour
    agenda = Agenda()
    participants: list[Participant] = [
        Shrinkage(simulation, shelves),
        Transfers(simulation, shelves, agenda),
        Stocktaking(simulation, shelves),
    ]
    if supplied:
        participants.append(Supplier(simulation, shelves, agenda))
    customers = simulation.dice("sales")
    tills = Tills(simulation.catalogue, behaviour, customers, simulation.run)
    seconds = 0.0
    while True:
        seconds += customers.expovariate(behaviour.rate_at(seconds) / LINES_A_RECEIPT)
        yield from agenda.until(min(seconds, until))
        if seconds > until:
            return
        lines = tills.receipt(simulation.at(seconds))
        for line in lines:
            shelves[line.key()].move(-line.quantity)
            yield TimedEvent(seconds, line)
        for line in lines:
            for participant in participants:
                for event in participant.after(line, seconds):
                    yield TimedEvent(seconds, event)
