"""The simulation's own supplier, for when no replenisher reads the levels."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import count

from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Agenda, Event
from producers.supplier_behaviour import Reliability, Step, cancelled, delivered, fulfilment
from schemas.generated import ReplenishmentOrder, Transaction


class Supplier:
    """Orders products at or below their reorder point up to the full shelf, and delivers them."""

    def __init__(self, simulation: Simulation, shelves: Shelves, agenda: Agenda) -> None:
        self._simulation = simulation
        self._shelves = shelves
        self._agenda = agenda
        self._products = {product.sku: product for product in simulation.catalogue.products}
        self._on_order: defaultdict[tuple[str, str], int] = defaultdict(int)
        behaviour = simulation.behaviour
        self._reliability = Reliability(
            cancelled=behaviour.orders_cancelled,
            late=behaviour.deliveries_late,
            short=behaviour.deliveries_short,
            split=behaviour.deliveries_split,
        )
        self._dice = simulation.dice("supply")
        self._numbers = count(1)

    def after(self, line: Transaction, seconds: float) -> Sequence[Event]:
        product, key = self._products[line.sku], line.key()
        expected = self._shelves[key].booked + self._on_order[key]
        if expected > product.reorder_point:
            return ()
        at, day = self._simulation.at, self._simulation.day_seconds
        order_id = f"order:{self._simulation.run}-{next(self._numbers)}"
        order = ReplenishmentOrder(
            event_id=f"{order_id}:placed",
            order_id=order_id,
            store_id=line.store_id,
            sku=line.sku,
            status="placed",
            quantity=product.order_up_to - expected,
            expected_at=at(seconds + product.lead_time * day),
            occurred_at=at(seconds),
            recorded_at=at(seconds),
        )
        self._on_order[key] += order.quantity
        steps = fulfilment(order.quantity, product.lead_time, self._reliability, self._dice)
        for step in steps:
            self._agenda.add(seconds + step.days * day, partial(self._take, order, step))
        return (order,)

    def _take(self, order: ReplenishmentOrder, step: Step, seconds: float) -> Sequence[Event]:
        at, key = self._simulation.at(seconds), (order.store_id, order.sku)
        self._on_order[key] -= step.units
        if not step.part:
            return (cancelled(order, step.units, at),)
        self._shelves[key].receive(step.units)
        return (delivered(order, step, at),)
