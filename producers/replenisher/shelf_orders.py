"""The orders of one shelf that the open-orders topic has shown."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from producers.replenisher.order_ids import OrderId, parse_order_id
from schemas.generated import OpenOrder
from schemas.version import version_of
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
        self._gone: set[int] = set()
        self._received = 0
        self._elsewhere = 0

    def begin(self, unseen: Iterable[int], received: int) -> None:
        """Count the orders as finished whose records were deleted before the first reading.

        unseen: numbers of orders that were placed and that the topic does not show yet; received:
        units that the shelf has received in total. Where no order is known, the numbers go on above
        them: each order of a run that ended has brought a unit, unless it was cancelled.
        """
        known = {*self._own, *unseen}
        self._dropped = min(known) - 1 if known else received
        self._gone = set(range(self._dropped + 1, max(known, default=0))) - known

    def put(self, order: OpenOrder) -> bool:
        """Add a record; return True if it was newer than the stored one."""
        order_id = parse_order_id(*order.key())
        if order_id is None:
            return self._others.put(order)
        stored = self._own.get(order_id.number)
        if order_id.number <= self._dropped or order_id.number in self._gone:
            return False
        if stored and version_of(order) < version_of(stored[1]):
            return False
        self._own[order_id.number] = (order_id, order)
        return True

    def remove(self, key: tuple[str, str, str]) -> OpenOrder | None:
        """Delete a record by its key. One of the supplier's own counts as finished, since its
        number stays taken: return it as such.
        """
        order_id = parse_order_id(*key)
        stored = self._own.get(order_id.number) if order_id else None
        if stored is None:
            self._others.remove(key)
            return None
        finished = replace(stored[1], remaining=0)
        self._own[stored[0].number] = (stored[0], finished)
        return finished

    @property
    def last(self) -> int:
        """Number of the supplier's last order; 0 when there was none."""
        return max((self._dropped, *self._own, *self._gone))

    def finished(self, number: int) -> bool:
        """Return True if one of the supplier's own orders is known to have nothing to come."""
        if number not in self._own:
            return number <= self._dropped or number in self._gone
        order = self._own[number][1]
        return bool(order.ordered) and not remaining(order)

    @property
    def complete(self) -> bool:
        """True if all orders up to the last are known, and the units ordered on each."""
        known = len(self._own) + len(self._gone) == self.last - self._dropped
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
        while self._dropped < self.last:
            if self._dropped + 1 in self._gone:
                self._dropped += 1
                self._gone.remove(self._dropped)
                continue
            first = self._own.get(self._dropped + 1)
            if first is None or not first[1].ordered or first[1].remaining:
                return
            order_id, order = first
            self._elsewhere = max(self._elsewhere, order_id.received - self._received)
            self._received += order.received
            self._dropped = order_id.number
            del self._own[order_id.number]
