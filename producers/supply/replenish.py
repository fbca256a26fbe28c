"""The supplier, live: reads levels and products, sends shipments when their time has come."""

import heapq
import time
from collections.abc import Callable
from itertools import count

import click

from connect.settings import Settings
from producers.publisher import Publisher
from producers.supply.needs import Need
from producers.supply.shelves import Shelves
from schemas import rules
from schemas.generated import InventoryLevel, Product, Shipment
from views.reader import TopicReader

READ_AT_ONCE = 5_000
READ_SECONDS = 0.1


def replenish(settings: Settings, day_seconds: float, stop: Callable[[], bool]) -> None:
    """Deliver until asked to stop. Raises Problem.

    day_seconds: how long a day of lead time takes. Orders under way are not kept anywhere: the
    levels show them again after a restart, and their shipments have the same event_ids.
    """
    reader = TopicReader(settings, [Product, InventoryLevel])
    shelves = Shelves()
    numbers = count()
    under_way: list[tuple[float, int, Need]] = []
    with Publisher(settings, [Shipment]) as publisher:
        click.echo(f"A day of lead time takes {day_seconds:g} s.")
        while not stop():
            shelves.put(reader.read(READ_AT_ONCE, READ_SECONDS))
            # Before the newest level of a shelf is read, an old one would show an old need.
            for need in shelves.needs() if reader.caught_up else ():
                due = time.monotonic() + need.lead_time * day_seconds
                heapq.heappush(under_way, (due, next(numbers), need))
            while under_way and under_way[0][0] <= time.monotonic():
                need = heapq.heappop(under_way)[2]
                if shelves.stands(need):
                    publisher.send(_shipment(need))
            publisher.poll()
    reader.close()
    click.echo(f"{publisher.account}; {len(under_way)} orders were still under way.")


def _shipment(need: Need) -> Shipment:
    now = rules.now()
    return Shipment(
        event_id=need.event_id,
        order_id=need.order_id,
        store_id=need.store_id,
        sku=need.sku,
        quantity=need.quantity,
        occurred_at=now,
        recorded_at=now,
    )
