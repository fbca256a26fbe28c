"""A model of the topics, the job and its delayed readers around the supplier.

Written from the definitions: the first delivery of an event counts; levels and open orders are sums
of the accepted events. It shares no code with the supplier.
"""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from connect.record_consumer import Tombstone
from producers.replenisher.ordering_policy import Terms
from producers.replenisher.replenisher import Replenisher
from producers.supplier_behaviour import Reliability
from schemas.generated import InventoryLevel, OpenOrder, Product, ReplenishmentOrder, Shipment

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
POINT, TARGET = 10, 30
PRODUCT = Product(
    sku="milk",
    name="Milk",
    category="Dairy",
    unit_price=Decimal("1.19"),
    reorder_point=POINT,
    order_up_to=TARGET,
    lead_time=2,
)
WHOLE = Reliability(cancelled=0, late=0, short=0, split=0)
shares = st.sampled_from([0.0, 0.3, 0.9])
reliabilities = st.builds(Reliability, cancelled=shares, late=shares, short=shares, split=shares)
STEPS = {
    "sell": 4,
    "act": 4,
    "process": 8,
    "publish": 8,
    "look": 8,
    "wait": 4,
    "start": 1,
    "end": 1,
}


@dataclass(frozen=True)
class Movement:
    """Other units added (+) or removed (-); a delivery of others also raises `received`."""

    event_id: str
    units: int
    delivery: bool = False


@dataclass
class Market:
    """One shelf. Every topic, and every read of one, is a queue of its own."""

    dice: random.Random
    terms: Terms
    reliability: Reliability
    now: datetime = START
    topics: dict[str, deque[Any]] = field(default_factory=dict)
    accepted: dict[str, Any] = field(default_factory=dict)
    arrived: list[Any] = field(default_factory=list)
    levels: list[InventoryLevel] = field(default_factory=list)
    orders: list[OpenOrder | Tombstone] = field(default_factory=list)
    unpublished: dict[str, deque[Any]] = field(default_factory=dict)
    sent: list[Any] = field(default_factory=list)
    positions: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unpublished = {"levels": deque(), "orders": deque()}
        self.start()

    def start(self) -> None:
        """Start a new supplier, which knows only the published records and its own events."""
        self.supplier = Replenisher(self.terms, self.reliability, UTC)
        deleted = {record.key for record in self.orders if isinstance(record, Tombstone)}
        kept = [
            record
            for record in self.orders
            if isinstance(record, OpenOrder) and record.key() not in deleted
        ]
        self.supplier.put([PRODUCT, *self.levels, *kept])
        self.supplier.restore([event for event in self.sent if self.supplier.awaits(event)])
        self.read = {"levels": len(self.levels), "orders": len(self.orders)}

    def send(self, event: Any) -> None:
        """Append an event to a topic's partition; those of one key stay in order."""
        name = type(event).__name__ + getattr(event, "order_id", "-")
        self.topics.setdefault(name, deque()).append(event)

    def act(self) -> None:
        for event in self.supplier.act(self.now):
            event.validate()
            self.sent.append(event)
            self.send(event)

    def process(self) -> None:
        """Let the job process one event of one of the topics."""
        waiting = [name for name, queue in self.topics.items() if queue]
        if not waiting:
            return
        event = self.topics[self.dice.choice(waiting)].popleft()
        if event.event_id in self.accepted:
            return
        placed = isinstance(event, ReplenishmentOrder) and event.status == "placed"
        before = self.position()
        self.accepted[event.event_id] = event
        self.arrived.append(event)
        if placed:
            self.positions.append((before, self.position()))
        if not isinstance(event, ReplenishmentOrder):
            self.unpublished["levels"].append(self.level())
        if not isinstance(event, Movement):
            self.unpublished["orders"].append(self.order(event.order_id))

    def end(self) -> None:
        """Delete the orders, long after the last of them has come: no lead time is as long."""
        waiting = any(self.topics.values()) or any(self.unpublished.values())
        if waiting or self.open_orders():
            return
        deleted = {record.key for record in self.orders if isinstance(record, Tombstone)}
        newest = {record.key(): record for record in self.orders if isinstance(record, OpenOrder)}
        self.unpublished["orders"] += [
            Tombstone(OpenOrder, key)
            for key, order in newest.items()
            if key not in deleted and order.ordered and not order.remaining
        ]

    def publish(self) -> None:
        """Publish one record of the job."""
        name = self.dice.choice(["levels", "orders"])
        topic = self.levels if name == "levels" else self.orders
        if self.unpublished[name]:
            topic.append(self.unpublished[name].popleft())

    def look(self) -> None:
        """Let the supplier read some of one topic."""
        name = self.dice.choice(["levels", "orders"])
        topic = self.levels if name == "levels" else self.orders
        end = self.dice.randint(self.read[name], len(topic))
        self.supplier.put(topic[self.read[name] : end])
        self.read[name] = end

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def settle(self, seconds: float) -> None:
        """Let everything be processed, without sales."""
        for _ in range(int(seconds)):
            self.wait(1.0)
            self.act()
            for _ in range(4):
                self.process()
            while any(self.unpublished.values()):
                self.publish()
            self.supplier.put(self.levels[self.read["levels"] :])
            self.supplier.put(self.orders[self.read["orders"] :])
            self.read = {"levels": len(self.levels), "orders": len(self.orders)}

    def on_hand(self) -> int:
        return sum(
            event.units if isinstance(event, Movement) else event.quantity
            for event in self.arrived
            if not isinstance(event, ReplenishmentOrder)
        )

    def level(self) -> InventoryLevel:
        moved = [one for one in self.arrived if not isinstance(one, ReplenishmentOrder)]
        received = sum(
            one.quantity if isinstance(one, Shipment) else one.units
            for one in moved
            if isinstance(one, Shipment) or one.delivery
        )
        return InventoryLevel(
            store_id="S1",
            sku="milk",
            on_hand=self.on_hand(),
            sold=0,
            returned=0,
            received=received,
            version=len(moved),
            last_movement_at=START,
        )

    def order(self, order_id: str) -> OpenOrder:
        mine = [one for one in self.arrived if getattr(one, "order_id", None) == order_id]
        shipped = sum(one.quantity for one in mine if isinstance(one, Shipment))
        events = [one for one in mine if isinstance(one, ReplenishmentOrder)]
        placed = [one for one in events if one.status == "placed"]
        ordered = sum(one.quantity for one in placed)
        over = len(placed) < len(events)
        return OpenOrder(
            order_id=order_id,
            store_id="S1",
            sku="milk",
            ordered=ordered,
            received=shipped,
            remaining=0 if over else max(ordered - shipped, 0),
            cancelled=over,
            expected_at=max((one.expected_at for one in placed), default=None),
            version=len(mine),
        )

    def open_orders(self) -> list[OpenOrder]:
        ids = {one.order_id for one in self.arrived if isinstance(one, ReplenishmentOrder)}
        orders = [self.order(order_id) for order_id in ids]
        return [order for order in orders if order.remaining]

    def position(self) -> int:
        return self.on_hand() + sum(order.remaining for order in self.open_orders())


def market(seed: int = 0, reliability: Reliability = WHOLE, pack: int = 1) -> Market:
    made = Market(random.Random(seed), Terms(day_seconds=3, pack=pack), reliability)
    made.send(Movement("opening", 25, delivery=True))
    made.settle(3)
    return made


def live(there: Market, steps: int, others: bool = False) -> None:
    """Take random steps: sales, publishing, reading, waiting, restarts."""
    for number in range(steps):
        match there.dice.choices(list(STEPS), list(STEPS.values()))[0]:
            case "sell":
                units = there.dice.randint(1, 8)
                there.send(Movement(f"sale-{number}", -units))
                if others and there.dice.random() < 0.3:
                    back = Movement(f"other-{number}", units, delivery=there.dice.random() < 0.5)
                    there.send(back)
            case "wait":
                there.wait(there.dice.choice([0.5, 1.0, 3.0]))
            case name:
                getattr(there, name)()
