"""Things that went wrong in the history, so that each page of a new chain has one to show.

Two articles are sold that are in no catalogue and came with no delivery: stock errors, until
somebody counts them. A supplier has forgotten an order, which is late and stays so. Somebody has
entered the count of another week, which comes too late to be counted.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from producers.simulator.past import Past
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.tills import CURRENCY
from producers.simulator.timeline import Event
from schemas.generated import ReplenishmentOrder, StockCount, Transaction

FORGOTTEN = ":forgotten"
"""End of the order_id of an order that is never delivered."""
UNKNOWN_ARTICLES = ("NEW-0001", "NEW-0002")
"""SKUs that the replenisher does not order either, as no catalogue has them."""
UNKNOWN_PRICE = Decimal("3.50")
LATE_BY = timedelta(hours=3)
ORDERED_BEFORE = timedelta(days=2)
COUNT_LATE_BY = timedelta(days=1)
"""Time beyond the limit of late counts."""


def incidents(simulation: Past, shelves: Shelves, count_limit: timedelta | None) -> Iterator[Event]:
    """Yield their events, all in the first store.

    count_limit: time after which a count may no longer be recorded; None: there is no limit, and
    no count is too late.
    """
    store = simulation.catalogue.stores[0]
    ordered, counted = simulation.dice("incidents").sample(simulation.catalogue.products, 2)
    now = simulation.now
    for number, sku in enumerate(UNKNOWN_ARTICLES, start=1):
        yield Transaction(
            event_id=f"sale:{simulation.run}:unknown-{number}",
            receipt_id=f"{simulation.run}:unknown",
            line_no=number,
            store_id=store.store_id,
            terminal_id=store.terminals[0],
            sku=sku,
            quantity=number + 1,
            line_amount=UNKNOWN_PRICE * (number + 1),
            unit_price=UNKNOWN_PRICE,
            currency=CURRENCY,
            occurred_at=now,
            recorded_at=now,
        )
    order_id = f"order:{simulation.run}{FORGOTTEN}"
    yield ReplenishmentOrder(
        event_id=f"{order_id}:placed",
        order_id=order_id,
        store_id=store.store_id,
        sku=ordered.sku,
        status="placed",
        quantity=ordered.order_up_to,
        expected_at=now - LATE_BY,
        occurred_at=now - ORDERED_BEFORE,
        recorded_at=now,
    )
    if count_limit is not None:
        yield StockCount(
            event_id=f"count:{simulation.run}:late",
            store_id=store.store_id,
            sku=counted.sku,
            quantity=shelves[store.store_id, counted.sku].stands,
            counted_at=now - count_limit - COUNT_LATE_BY,
            recorded_at=now,
        )
