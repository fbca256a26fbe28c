"""A supplier inside the simulation, where no live one reads the levels."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import count

from producers.shop.happenings import Agenda, Event
from producers.shop.shelves import Shelves
from producers.shop.simulation import Simulation
from schemas.generated import ReplenishmentOrder, Shipment, Transaction

TIMES_AS_LATE = (1.5, 4.0)


class Supplier:
    """Orders what runs low by the records, up to the product's full shelf; mostly delivers it."""

    def __init__(self, simulation: Simulation, shelves: Shelves, agenda: Agenda) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._agenda = agenda
        self._products = {product.sku: product for product in simulation.catalogue.products}
        self._on_order: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._dice = simulation.dice("supply")
        self._numbers = count(1)

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        product, key = self._products[line.sku], line.key()
        expected = self._shelves[key].booked + self._on_order[key]
        if expected > product.reorder_point:
            return ()
        lead = product.lead_time * self._simulation.day_seconds
        order = self._order(
            key,
            f"order:{self._simulation.run}-{next(self._numbers)}",
            product.order_up_to - expected,
            (self._simulation.at(seconds), self._simulation.at(seconds + lead)),
        )
        self._on_order[key] += order.quantity
        self._plan(order, seconds, lead)
        return (order,)

    def _plan(self, order: ReplenishmentOrder, seconds: float, lead: float) -> None:
        habits, dice = self._simulation.habits, self._dice
        if dice.random() < habits.orders_cancelled:
            due = seconds + dice.uniform(0, lead)
            self._agenda.add(due, partial(self._cancel, order, order.quantity))
            return
        late = dice.random() < habits.deliveries_late
        due = seconds + lead * (dice.uniform(*TIMES_AS_LATE) if late else 1.0)
        short = dice.random() < habits.deliveries_short and order.quantity > 1
        units = dice.randrange(1, order.quantity) if short else order.quantity
        if dice.random() < habits.deliveries_split and units > 1:
            first = dice.randrange(1, units)
            self._agenda.add(due, partial(self._deliver, order, 1, first))
            due += dice.uniform(0, self._simulation.day_seconds)
            self._agenda.add(due, partial(self._deliver, order, 2, units - first))
        else:
            self._agenda.add(due, partial(self._deliver, order, 1, units))
        if units < order.quantity:
            # Of the same moment as the last delivery, and behind it.
            self._agenda.add(due, partial(self._cancel, order, order.quantity - units))

    def _deliver(
        self, order: ReplenishmentOrder, part: int, units: int, seconds: float
    ) -> Sequence[Event]:
        at = self._simulation.at(seconds)
        self._shelves[order.store_id, order.sku].receive(units)
        self._on_order[order.store_id, order.sku] -= units
        return (
            Shipment(
                event_id=f"{order.order_id}:delivery-{part}",
                order_id=order.order_id,
                store_id=order.store_id,
                sku=order.sku,
                quantity=units,
                occurred_at=at,
                recorded_at=at,
            ),
        )

    def _cancel(self, order: ReplenishmentOrder, units: int, seconds: float) -> Sequence[Event]:
        at = self._simulation.at(seconds)
        self._on_order[order.store_id, order.sku] -= units
        cancelled = self._order(
            (order.store_id, order.sku),
            order.order_id,
            units,
            (at, order.expected_at),
            status="cancelled",
        )
        return (cancelled,)

    @staticmethod
    def _order(
        key: tuple[str, str],
        order_id: str,
        units: int,
        times: tuple[datetime, datetime],
        status: str = "placed",
    ) -> ReplenishmentOrder:
        at, expected_at = times
        return ReplenishmentOrder(
            event_id=f"{order_id}:{status}",
            order_id=order_id,
            store_id=key[0],
            sku=key[1],
            status=status,
            quantity=units,
            expected_at=expected_at,
            occurred_at=at,
            recorded_at=at,
        )
