"""Transfers between stores, received later: whole, short or not at all."""

from collections.abc import Sequence
from functools import partial
from itertools import count

from producers.simulator.shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Agenda, Event
from schemas.generated import Transaction, Transfer

MAX_UNITS = 12
TRANSIT_DAYS = (0.2, 1.0)
LATE_FACTOR = (2.0, 6.0)


class Transfers:
    """Sends a product from another store to one that has just sold it."""

    def __init__(self, simulation: Simulation, shelves: Shelves, agenda: Agenda) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._agenda = agenda
        self._dice = simulation.dice("transfers")
        self._numbers = count(1)

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        behaviour, stores = self._simulation.behaviour, self._simulation.catalogue.stores
        if self._dice.random() >= behaviour.transfers or len(stores) < 2:
            return ()
        others = [store for store in stores if store.store_id != line.store_id]
        sender = self._dice.choice(others).store_id
        shelf = self._shelves[sender, line.sku]
        # The sender keeps half.
        limit = min(shelf.stands // 2, MAX_UNITS)
        if not limit:
            return ()
        at = self._simulation.at(seconds)
        transfer_id = f"transfer:{self._simulation.run}-{next(self._numbers)}"
        shipped = Transfer(
            event_id=f"{transfer_id}:shipped",
            transfer_id=transfer_id,
            from_store=sender,
            to_store=line.store_id,
            sku=line.sku,
            quantity=self._dice.randint(1, limit),
            phase="shipped",
            occurred_at=at,
            recorded_at=at,
        )
        shelf.move(-shipped.quantity)
        short = self._dice.random() < behaviour.transfers_short
        units = self._dice.randrange(shipped.quantity) if short else shipped.quantity
        if units:
            due = seconds + self._transit_seconds()
            self._agenda.add(due, partial(self._receive, shipped, units))
        return (shipped,)

    def _transit_seconds(self) -> float:
        seconds = self._dice.uniform(*TRANSIT_DAYS) * self._simulation.day_seconds
        late = self._dice.random() < self._simulation.behaviour.transfers_late
        return seconds * (self._dice.uniform(*LATE_FACTOR) if late else 1.0)

    def _receive(self, shipped: Transfer, units: int, seconds: float) -> Sequence[Event]:
        self._shelves[shipped.to_store, shipped.sku].move(units)
        at = self._simulation.at(seconds)
        return (
            Transfer(
                event_id=f"{shipped.transfer_id}:received",
                transfer_id=shipped.transfer_id,
                from_store=shipped.from_store,
                to_store=shipped.to_store,
                sku=shipped.sku,
                quantity=units,
                phase="received",
                occurred_at=at,
                recorded_at=at,
            ),
        )
