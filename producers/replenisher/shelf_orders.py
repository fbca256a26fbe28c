"""The orders of one shelf that the open-orders topic has shown."""

from collections.abc import Iterator

from producers.replenisher.order_ids import OrderId, parse_order_id
from schemas.generated import OpenOrder
from views.open_items import remaining
from views.table import Table


class ShelfOrders:
    """Orders of the supplier and of others.

    Finished orders are dropped, from the first one on, and only their sums are kept.
    """

    def __init__(self) -> None:
        self._others: Table[OpenOrder] = Table()
        self._own: dict[int, tuple[OrderId, OpenOrder]] = {}
        self._dropped = 0
        self._received = 0
        self._elsewhere = 0

    def put(self, order: OpenOrder) -> bool:
        """Add a record; return True if it was newer than the stored one."""
        order_id = parse_order_id(order)
        if order_id is None:
            return self._others.put(order)
        stored = self._own.get(order_id.number)
        if order_id.number <= self._dropped or (stored and order.version < stored[1].version):
            return False
        self._own[order_id.number] = (order_id, order)
        return True

    @property
    def last(self) -> int:
        """Number of the supplier's last order; 0 when there was none."""
        return max(self._own, default=self._dropped)

    @property
    def complete(self) -> bool:
        """True if all orders up to the last are known, and the units ordered on each."""
        known = len(self._own) == self.last - self._dropped
        return known and all(order.ordered > 0 for _, order in self._own.values())

    def open(self) -> Iterator[OpenOrder]:
        """Yield the orders with something still to come; the supplier's own first, by number."""
        own = (self._own[number][1] for number in sorted(self._own))
        for orders in (own, self._others):
            yield from (order for order in orders if remaining(order))

    def received(self) -> int:
        """Return the least units received of a level that includes every delivery known here.

        When an order was placed, the level had received what its order_id holds; deliveries on it
        and on later orders came afterwards. Goods from elsewhere can stand for those of an order
        until both are known.
        """
        self._drop_finished()
        received, elsewhere = self._received, self._elsewhere
        for number in sorted(self._own):
            order_id, order = self._own[number]
            elsewhere = max(elsewhere, order_id.received - received)
            received += order.received
        return elsewhere + received

    def _drop_finished(self) -> None:
        while (first := self._own.get(self._dropped + 1)) is not None:
            order_id, order = first
            if not order.ordered or order.remaining:
                return
            self._elsewhere = max(self._elsewhere, order_id.received - self._received)
            self._received += order.received
            self._dropped = order_id.number
            del self._own[order_id.number]
