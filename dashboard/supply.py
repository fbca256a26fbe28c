"""What is still to come to a store, by product: the joins of open orders and transfers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.generated import OpenOrder, OpenTransfer


@dataclass(frozen=True, slots=True)
class Coming:
    """Units of one product on their way to one store; None where that is not known."""

    on_order: int | None = None
    due: datetime | None = None
    """Earliest date promised of what is on order, UTC; None when nothing is, or without a date."""
    in_transit: int | None = None
    """Sent by other stores and not yet received."""


class Supply:
    """What is coming to one store.

    orders, transfers: those of which something is still to come; None: not known, so not zero.
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
            on_order[order.sku] += order.remaining
            if order.expected_at is not None:
                due[order.sku] = min(due.get(order.sku, order.expected_at), order.expected_at)
        for transfer in transfers or ():
            if transfer.to_store == store_id:
                in_transit[transfer.sku] += transfer.in_transit
        self._nothing = Coming(
            on_order=None if orders is None else 0, in_transit=None if transfers is None else 0
        )
        self._by_sku = {
            sku: Coming(
                on_order.get(sku, self._nothing.on_order),
                due.get(sku),
                in_transit.get(sku, self._nothing.in_transit),
            )
            for sku in on_order.keys() | in_transit.keys()
        }

    def of(self, sku: str) -> Coming:
        return self._by_sku.get(sku, self._nothing)
