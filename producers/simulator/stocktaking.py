"""Stock counts of random shelves."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.generated import StockCount, Transaction

RECOUNTED = 0.05
"""Share of counts that are wrong and taken again, for the same time."""
MAX_ERROR = 3


class Stocktaking:
    """Counts the true stock of a shelf, which may differ from the recorded."""

    def __init__(self, simulation: Simulation, shelves: Shelves) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._dice = simulation.dice("counts")
        self._numbers = count(1)

    def after(self, _line: Transaction, seconds: float) -> Sequence[Event]:
        simulation = self._simulation
        if seconds < simulation.counts_from or self._dice.random() >= simulation.behaviour.counts:
            return ()
        catalogue = self._simulation.catalogue
        store = self._dice.choice(catalogue.stores)
        product = self._dice.choice(catalogue.products)
        shelf = self._shelves[store.store_id, product.sku]
        shelf.rebook()
        event_id = f"count:{self._simulation.run}-{next(self._numbers)}"
        right = StockCount(
            event_id=event_id,
            store_id=store.store_id,
            sku=product.sku,
            quantity=shelf.stands,
            counted_at=self._simulation.at(seconds),
            recorded_at=self._simulation.at(seconds),
        )
        if self._dice.random() >= RECOUNTED:
            return (right,)
        # Of two counts at one time, the one with the greater event_id is the latest.
        error = catalogue.taken(product.sku, self._dice.randint(1, MAX_ERROR), event_id)
        wrong = replace(right, quantity=right.quantity + error)
        return wrong, replace(right, event_id=f"{event_id}:again")
