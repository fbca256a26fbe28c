"""Transfers between stores, received later: whole, or short and then closed as lost."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import count

from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Agenda, Event
from schemas.generated import OpenTransfer, Transaction, Transfer

MAX_UNITS = 12
TRANSIT_DAYS = (0.2, 1.0)
LATE_FACTOR = (2.0, 6.0)
PATIENCE_DAYS = 2.0
"""Planned days from a short delivery, else from the shipment, until the rest is lost."""
ID_PREFIX = "transfer:"
LAST_PHASES = ("received", "lost")


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
        portion = self._simulation.catalogue.portion(line.sku)
        limit = min(shelf.stands // 2 // portion, MAX_UNITS)
        if not limit:
            return ()
        at = self._simulation.at(seconds)
        transfer_id = f"{ID_PREFIX}{self._simulation.run}-{next(self._numbers)}"
        shipped = Transfer(
            event_id=f"{transfer_id}:shipped",
            transfer_id=transfer_id,
            from_store=sender,
            to_store=line.store_id,
            sku=line.sku,
            quantity=self._dice.randint(1, limit) * portion,
            phase="shipped",
            occurred_at=at,
            recorded_at=at,
        )
        shelf.move(-shipped.quantity)
        short = self._dice.random() < behaviour.transfers_short
        units = self._dice.randrange(shipped.quantity) if short else shipped.quantity
        ends = seconds
        if units:
            ends += self._transit_seconds()
            self._agenda.add(ends, partial(self._receive, shipped, units))
        if units < shipped.quantity:
            ends += PATIENCE_DAYS * self._simulation.day_seconds
            self._agenda.add(ends, partial(self._lose, shipped, shipped.quantity - units))
        return (shipped,)

    def _transit_seconds(self) -> float:
        seconds = self._dice.uniform(*TRANSIT_DAYS) * self._simulation.day_seconds
        late = self._dice.random() < self._simulation.behaviour.transfers_late
        return seconds * (self._dice.uniform(*LATE_FACTOR) if late else 1.0)

    def _receive(self, shipped: Transfer, units: int, seconds: float) -> Sequence[Event]:
        self._shelves[shipped.to_store, shipped.sku].move(units)
        return (leg(shipped, "received", units, self._simulation.at(seconds)),)

    def _lose(self, shipped: Transfer, units: int, seconds: float) -> Sequence[Event]:
        return (leg(shipped, "lost", units, self._simulation.at(seconds)),)


def leg(transfer: Transfer | OpenTransfer, phase: str, units: int, at: datetime) -> Transfer:
    """Build the leg of a transfer that receives or loses units at that time."""
    return Transfer(
        event_id=f"{transfer.transfer_id}:{phase}",
        transfer_id=transfer.transfer_id,
        from_store=transfer.from_store,
        to_store=transfer.to_store,
        sku=transfer.sku,
        quantity=units,
        phase=phase,
        occurred_at=at,
        recorded_at=at,
    )
