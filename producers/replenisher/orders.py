"""The orders of one shelf, as far as the open-orders topic has told of them."""

from collections.abc import Iterator

from producers.replenisher.order_ids import Name, name_of
from schemas.generated import OpenOrder
from views.table import Table


class Orders:
    """Those of the supplier, and those of others.

    Orders that are over are forgotten, from the first one on: of them only sums are kept.
    """

    def __init__(self) -> None:
        self._others: Table[OpenOrder] = Table()
        self._own: dict[int, tuple[Name, OpenOrder]] = {}
        self._forgotten = 0
        self._received = 0
        self._elsewhere = 0

    def put(self, order: OpenOrder) -> bool:
        """Take a record in; returns whether it was newer than what was there."""
        name = name_of(order)
        if name is None:
            return self._others.put(order)
        there = self._own.get(name.number)
        if name.number <= self._forgotten or (there and order.version < there[1].version):
            return False
        self._own[name.number] = (name, order)
        return True

    @property
    def last(self) -> int:
        """Number of the supplier's last order; 0 when there was none."""
        return max(self._own, default=self._forgotten)

    @property
    def complete(self) -> bool:
        """Whether all orders up to the last are known, and what was ordered on each."""
        known = len(self._own) == self.last - self._forgotten
        return known and all(order.ordered > 0 for _, order in self._own.values())

    def open(self) -> Iterator[OpenOrder]:
        """Orders on which goods are still to come; the supplier's own first, by number."""
        own = (self._own[number][1] for number in sorted(self._own))
        for orders in (own, self._others):
            yield from (order for order in orders if order.remaining > 0)

    def received(self) -> int:
        """Units that a level must have received at least, to know of every delivery known here.

        When an order was placed the level had received what its name says, and all that has
        come on it and on later orders came afterwards. Goods that came from elsewhere in the
        meantime can stand for those of an order, until both are known.
        """
        self._forget()
        received, elsewhere = self._received, self._elsewhere
        for number in sorted(self._own):
            name, order = self._own[number]
            elsewhere = max(elsewhere, name.received - received)
            received += order.received
        return elsewhere + received

    def _forget(self) -> None:
        while (first := self._own.get(self._forgotten + 1)) is not None:
            name, order = first
            if not order.ordered or order.remaining:
                return
            self._elsewhere = max(self._elsewhere, name.received - self._received)
            self._received += order.received
            self._forgotten = name.number
            del self._own[name.number]
