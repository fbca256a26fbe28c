"""The staff count: now and then, any shelf."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from producers.simulator.shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.generated import StockCount, Transaction

DOUBTED = 0.05
"""Share of counts whose result was doubted: counted again, for the same moment."""
MOST_WRONG = 3


class Stocktaking:
    """Counts what really lies there, which the records may not know."""

    def __init__(self, simulation: Simulation, shelves: Shelves) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._dice = simulation.dice("counts")
        self._numbers = count(1)

    def after(self, _line: Transaction, seconds: float) -> Sequence[Event]:
        simulation = self._simulation
        if seconds < simulation.counts_from or self._dice.random() >= simulation.habits.counts:
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
        if self._dice.random() >= DOUBTED:
            return (right,)
        # Of two counts of one moment the one with the greater event_id holds.
        wrong = replace(right, quantity=right.quantity + self._dice.randint(1, MOST_WRONG))
        return wrong, replace(right, event_id=f"{event_id}:again")
