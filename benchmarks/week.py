"""MB of the job's state after each day of a week of log time, and the rows of open items.

Orders and transfers come and go, and the state stays flat; only sales by day grow, by a row for
each product and day. Kafka takes the times of the events as the times of their records, and the job
reads the public topics, so that the week passes as fast as it is read. The audit then compares
every figure with all events.

Exit code 1: the state besides the days, or the number of rows, still grows.

Takes 5 minutes.
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from random import Random
from typing import Any

import click

from benchmarks.pipeline import pipeline, records, run
from connect import cluster_rest, kafka, registry
from connect.kafka_producer import KafkaProducer
from connect.record_consumer import Tombstone
from connect.settings import Settings
from contracts.deployment.topic_admin import set_setting
from schemas.generated import (
    EVENTS,
    Adjustment,
    AnyEvent,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.wire import Encoder
from stack.runtime import Stack
from views.open_items import remaining
from views.reader import TopicReader

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
DAYS = 7
STORES = 10
SALES = 20
"""Sales of a shelf on a day."""
SETTINGS: dict[str, Any] = {
    "checkpoint_seconds": 5,
    "dedup_seconds": 3600,
    "count_seconds": 3600,
    "finished_seconds": int(DAY.total_seconds()),
}
STATES = {
    "FirstDelivery": "ids",
    "inventory_levels": "levels",
    "sales_per_minute": "minutes",
    "sales_by_day": "days",
    "open_orders": "orders",
    "open_transfers": "transfers",
}
"""Part of an operator's name: name of its state."""


def week(shelves: int, start: datetime) -> Iterator[tuple[datetime, AnyEvent]]:
    """Yield the events of each shelf and day, unsorted: sales, an order and its delivery, and for
    one shelf in five each a transfer, a count and an adjustment."""
    chance = Random(1)
    for day in range(DAYS):
        for shelf in range(shelves):
            store, sku, name = f"store-{shelf % STORES}", f"sku-{shelf // STORES}", f"{shelf}-{day}"

            def event(record_type: Any, hours: float, event_id: str, **values: Any) -> Any:
                at = start + day * DAY + hours * HOUR  # noqa: B023 - called in this round
                at = at.replace(microsecond=0)
                common = {"event_id": f"{record_type.__name__}-{name}-{event_id}", "sku": sku}  # noqa: B023
                time_field = "counted_at" if record_type is StockCount else "occurred_at"
                return at, record_type(**common, **values, recorded_at=at, **{time_field: at})

            for number in range(SALES):
                yield event(
                    Transaction,
                    chance.uniform(0, 24),
                    f"{number}",
                    store_id=store,
                    receipt_id=f"{name}-{number}",
                    line_no=1,
                    terminal_id="till-1",
                    quantity=1,
                    line_amount=Decimal("1.99"),
                    currency="EUR",
                )
            placed = chance.uniform(0, 24)
            order = {"store_id": store, "order_id": f"order-{name}", "quantity": SALES}
            due = (start + day * DAY + (placed + 24) * HOUR).replace(microsecond=0)
            yield event(
                ReplenishmentOrder, placed, "placed", **order, status="placed", expected_at=due
            )
            yield event(Shipment, placed + chance.uniform(4, 12), "delivery", **order)
            if shelf % 5 == day % 5:
                sent = chance.uniform(0, 24)
                leg = {
                    "transfer_id": f"transfer-{name}",
                    "from_store": store,
                    "to_store": f"store-{(shelf + 1) % STORES}",
                }
                yield event(Transfer, sent, "shipped", **leg, quantity=3, phase="shipped")
                yield event(Transfer, sent + 4, "received", **leg, quantity=2, phase="received")
                yield event(Transfer, sent + 8, "lost", **leg, quantity=1, phase="lost")
                there = {"store_id": store, "quantity": 5}
                yield event(StockCount, chance.uniform(0, 24), "count", **there)
                yield event(Adjustment, chance.uniform(0, 24), "found", **there, reason="found")


class StampedProducer:
    """Sends events whose records have the times of the events."""

    def __init__(self, settings: Settings) -> None:
        schemas = registry.client(settings)
        admin = kafka.admin(settings)
        for record_type in EVENTS:
            set_setting(admin, record_type.TOPIC, "message.timestamp.type", "CreateTime")
        self._encoder = Encoder(
            lru_cache(lambda subject, schema: registry.schema_id(schemas, subject, schema))
        )
        self._producer = KafkaProducer(settings, {"linger.ms": 5})

    def send(self, events: list[tuple[datetime, AnyEvent]]) -> None:
        for at, event in events:
            value, key = self._encoder.value(event), self._encoder.key(event)
            self._producer.send(event.TOPIC, value, key, timestamp=int(at.timestamp() * 1000))
            self._producer.poll(0)
        self._producer.flush(60)


class Rows:
    """The rows of open orders and transfers that a reader of their topics holds."""

    def __init__(self, settings: Settings) -> None:
        self._reader = TopicReader(settings, [OpenOrder, OpenTransfer])
        self._held: dict[tuple[type[Any], tuple[Any, ...]], Any] = {}
        self._changes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._held)

    def line(self) -> str:
        """Return the rows held, and those created and gone since the last call."""
        while batch := self._reader.read(10_000, 2.0):
            for change in batch:
                if isinstance(change, Tombstone):
                    self._changes["gone"] += (
                        self._held.pop((change.record_type, change.key), None) is not None
                    )
                else:
                    key = (type(change), change.key())
                    self._changes["created"] += key not in self._held
                    self._held[key] = change
        still_open = sum(remaining(row) > 0 for row in self._held.values())
        changes, self._changes = self._changes, Counter()
        return (
            f"{len(self._held):7,} rows, {still_open:6,} open, "
            f"{changes['created']:6,} created, {changes['gone']:6,} gone"
        )


def checkpoint(stack: Stack) -> tuple[int, dict[str, int]]:
    """Return the number of the newest checkpoint and its bytes by state, from Flink's REST API."""
    get = partial(cluster_rest.get, stack.settings)
    (job,) = get("jobs")["jobs"]
    newest = get(f"jobs/{job['id']}/checkpoints")["latest"]["completed"]
    if newest is None:
        return 0, {}
    tasks = get(f"jobs/{job['id']}/checkpoints/details/{newest['id']}")["tasks"]
    sizes: Counter[str] = Counter()
    for vertex in get(f"jobs/{job['id']}")["vertices"]:
        name = next((label for part, label in STATES.items() if part in vertex["name"]), "offsets")
        sizes[name] += tasks[vertex["id"]]["state_size"]
    return int(newest["id"]), dict(sizes)


def settled(stack: Stack, entries: int) -> dict[str, int]:
    """Return the sizes of a checkpoint after the job has read everything."""
    while records(stack.settings, LedgerEntry.TOPIC) < entries:
        time.sleep(1)
    last, _ = checkpoint(stack)
    while True:
        number, sizes = checkpoint(stack)
        if number >= last + 2:
            return sizes
        time.sleep(1)


def is_flat(figures: list[int]) -> bool:
    """Return True if the figures of the last three days differ by at most a quarter.

    What would never end would grow by two fifths.
    """
    return max(figures[-3:]) <= 1.25 * min(figures[-3:])


@click.command(help=__doc__)
@click.option("--shelves", default=1_000, show_default=True, help="Shelves that sell each day.")
def main(shelves: int) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - (DAYS + 2) * DAY
    log = sorted(week(shelves, start), key=lambda each: each[0])
    entries = sent = 0
    states: list[int] = []
    numbers: list[int] = []
    with pipeline(**SETTINGS) as stack:
        producer = StampedProducer(stack.settings)
        stack.start("job")
        stack.wait("job")
        rows = Rows(stack.settings)
        for day in range(1, DAYS + 1):
            today = [each for each in log[sent:] if each[0] < start + day * DAY]
            producer.send(today)
            sent += len(today)
            entries += sum(
                not isinstance(event, ReplenishmentOrder) and getattr(event, "phase", "") != "lost"
                for _, event in today
            )
            sizes = settled(stack, entries)
            states.append(sum(sizes.values()) - sizes["days"])
            parts = ", ".join(f"{name} {size / 1e6:.2f}" for name, size in sorted(sizes.items()))
            print(f"day {day}: {sent:9,} events, {sum(sizes.values()) / 1e6:6.2f} MB ({parts})")
            print(f"       {rows.line()}", flush=True)
            numbers.append(len(rows))
        run(stack, "audit")
    if not (is_flat(states) and is_flat(numbers)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
