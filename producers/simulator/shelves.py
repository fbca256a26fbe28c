"""The true shelves beside the books: what lies there, and what the records say."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.generated import InventoryLevel, Shipment


@dataclass(slots=True)
class Shelf:
    """One product in one store, in units.

    booked: what the records say, negative when more was sold than they know of; stands: what
    really lies there, never negative, since what a customer carries to the till is there;
    received: what the records say was delivered so far.
    """

    booked: int = 0
    stands: int = 0
    received: int = 0

    def move(self, units: int) -> None:
        """Units come (+) or go (-), and it is written down."""
        self.booked += units
        self.stands = max(self.stands + units, 0)

    def move_unrecorded(self, units: int) -> None:
        """Units come (+) or go (-), and nobody writes it down."""
        self.stands = max(self.stands + units, 0)

    def receive(self, units: int) -> None:
        self.move(units)
        self.received += units

    def rebook(self) -> int:
        """Let the records say what lies there; the units by which they change."""
        change = self.stands - self.booked
        self.booked = self.stands
        return change


class Shelves:
    """Every shelf of the chain, by (store_id, sku)."""

    def __init__(self) -> None:
        self._shelves: defaultdict[tuple[str, str], Shelf] = defaultdict(Shelf)

    def __getitem__(self, key: tuple[str, str]) -> Shelf:
        return self._shelves[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._shelves)

    def find(self, level: InventoryLevel) -> None:
        """Take a shelf over from an earlier run: it holds what its level says."""
        self._shelves[level.key()] = Shelf(
            booked=level.on_hand, stands=max(level.on_hand, 0), received=level.received
        )

    def open(self, shipment: Shipment) -> None:
        """Put the opening stock on its shelf."""
        self._shelves[shipment.key()].receive(shipment.quantity)

    def follow(self, level: InventoryLevel) -> None:
        """Put on the shelf what others have delivered, as its newest level shows.

        Only `received` is looked at: it never falls, so that a level that is a moment behind
        what the tills have done takes nothing back.
        """
        shelf = self._shelves[level.key()]
        if level.received > shelf.received:
            shelf.receive(level.received - shelf.received)
