"""Shelves with their true and their recorded stock."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.generated import InventoryLevel, Shipment


@dataclass(slots=True)
class Shelf:
    """One product in one store, in units."""

    booked: int = 0
    """Stock by the events; negative when more was sold than they account for."""
    stands: int = 0
    """True stock, never negative: a customer only buys goods that are there."""
    received: int = 0
    """Total of the deliveries, by the events."""

    def move(self, units: int) -> None:
        """Add (+) or remove (-) units with an event."""
        self.booked += units
        self.stands = max(self.stands + units, 0)

    def move_unrecorded(self, units: int) -> None:
        """Add (+) or remove (-) units without an event."""
        self.stands = max(self.stands + units, 0)

    def receive(self, units: int) -> None:
        """Add the units of a delivery."""
        self.move(units)
        self.received += units

    def rebook(self) -> int:
        """Set the recorded to the true stock, and return the change in units."""
        change = self.stands - self.booked
        self.booked = self.stands
        return change


class Shelves:
    """Every shelf of the chain by (store_id, sku)."""

    def __init__(self) -> None:
        self._shelves: defaultdict[tuple[str, str], Shelf] = defaultdict(Shelf)

    def __getitem__(self, key: tuple[str, str]) -> Shelf:
        return self._shelves[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._shelves)

    def restore(self, level: InventoryLevel) -> None:
        """Set a shelf to the level that an earlier run left."""
        self._shelves[level.key()] = Shelf(
            booked=level.on_hand, stands=max(level.on_hand, 0), received=level.received
        )

    def open(self, shipment: Shipment) -> None:
        """Add the opening stock to its shelf."""
        self._shelves[shipment.key()].receive(shipment.quantity)

    def follow(self, level: InventoryLevel) -> None:
        """Add deliveries of others, by the newest level of the shelf.

        Only `received` is compared: it never falls, so that a level older than the latest sales
        takes nothing back.
        """
        shelf = self._shelves[level.key()]
        if level.received > shelf.received:
            shelf.receive(level.received - shelf.received)
