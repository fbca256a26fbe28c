"""Units on their way to a store, by product: from open orders and open transfers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.generated import OpenOrder, OpenTransfer
from views.open_items import remaining


@dataclass(frozen=True, slots=True)
class Incoming:
    """Units of one product on their way to one store; None: unknown."""

    on_order: int | None = None
    due: datetime | None = None
    """Earliest expected date of the units on order, UTC; None: nothing on order, or no date."""
    in_transit: int | None = None
    """Shipped by other stores and not yet received."""


class Supply:
    """The incoming units of one store by SKU.

    orders, transfers: the open ones; None: unknown, which is not zero.
    """

    def __init__(
        self,
        store_id: str,
        orders: Iterable[OpenOrder] | None = None,
        transfers: Iterable[OpenTransfer] | None = None,
    ) -> None:
        on_order: defaultdict[str, int] = defaultdict(int)
        due: dict[str, datetime] = {}
        in_transit: defaultdict[str, int] = defaultdict(int)
        for order in orders or ():
            on_order[order.sku] += remaining(order)
            if order.expected_at is not None:
                due[order.sku] = min(due.get(order.sku, order.expected_at), order.expected_at)
        for transfer in transfers or ():
            if transfer.to_store == store_id:
                in_transit[transfer.sku] += remaining(transfer)
        self._nothing = Incoming(
            on_order=None if orders is None else 0, in_transit=None if transfers is None else 0
        )
        self._by_sku = {
            sku: Incoming(
                on_order.get(sku, self._nothing.on_order),
                due.get(sku),
                in_transit.get(sku, self._nothing.in_transit),
            )
            for sku in on_order.keys() | in_transit.keys()
        }

    def of(self, sku: str) -> Incoming:
        return self._by_sku.get(sku, self._nothing)
