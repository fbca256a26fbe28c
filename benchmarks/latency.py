"""Milliseconds from produce to the published level, beside bare produce to consume of the same run.

Without the gate, with it, and with levels that become visible once a checkpoint; at 200 events a
second, on an otherwise idle machine.

Takes 5 minutes.
"""

import statistics
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import click
from confluent_kafka import Consumer

from benchmarks.pipeline import pipeline, start_job
from connect import registry
from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, Transaction
from schemas.wire import Decoder
from stack.runtime import Stack

RATE = 200
WARM_UP = 2_000
EVENTS = 8_000
RUNS: dict[str, dict[str, Any]] = {
    "gate off": {"gate": "off"},
    "gate on": {"gate": "on"},
    "gate on, exactly-once": {
        "gate": "on",
        "delivery": "exactly-once",
        "checkpoint_seconds": 10,
    },
}
"""Settings of each run."""
LAST_SECONDS = 60
"""Maximum time until the last record can be read."""


def sale(number: int) -> Transaction:
    """Build one event of a product of its own, so that a level's sku identifies its event."""
    at = utc_now()
    return Transaction(
        event_id=f"{number}",
        receipt_id="receipt",
        line_no=1,
        store_id="north",
        terminal_id="till",
        sku=f"{number}",
        quantity=1,
        line_amount=Decimal("1.99"),
        currency="EUR",
        occurred_at=at,
        recorded_at=at,
    )


class Arrivals(threading.Thread):
    """Records the time at which each event's record becomes readable in a topic."""

    def __init__(self, settings: Settings, topic: str, number: Callable[[bytes], int]) -> None:
        super().__init__(daemon=True)
        self._times: dict[int, float] = {}
        self._number = number
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.kafka_servers,
                "group.id": f"latency-{topic}",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 5,
            }
        )
        self._consumer.subscribe([topic])

    def run(self) -> None:
        while len(self._times) < WARM_UP + EVENTS:
            message = self._consumer.poll(0.5)
            if message is None or message.error() is not None:
                continue
            now = time.perf_counter()
            self._times[self._number(bytes(message.value() or b""))] = now
        self._consumer.close()

    def delays(self, produced: Mapping[int, float]) -> tuple[float, float]:
        """Return (p50, p99) of the milliseconds after the warm-up, when all records have come.

        produced: time of each event.
        """
        self.join(LAST_SECONDS)
        after = range(WARM_UP, WARM_UP + EVENTS)
        cuts = statistics.quantiles((1000 * (self._times[n] - produced[n]) for n in after), n=100)
        return cuts[49], cuts[98]


def paced(settings: Settings, warm: Callable[[], None] = lambda: None) -> dict[int, float]:
    """Send sales at RATE and return the time of each; warm: called after the warm-up."""
    produced: dict[int, float] = {}
    with Publisher(settings, [Transaction]) as publisher:
        start = time.perf_counter()
        for number in range(WARM_UP + EVENTS):
            while (ahead := start + number / RATE - time.perf_counter()) > 0:
                publisher.poll(min(ahead, 0.001))
            record = sale(number)
            produced[number] = time.perf_counter()
            publisher.send(record)
            if number == WARM_UP:
                warm()
    return produced


def measured(stack: Stack) -> dict[str, tuple[float, float]]:
    """Return path -> (p50, p99) in milliseconds; the job must be running."""
    settings = stack.settings
    schemas = registry.client(settings)
    text_of = lambda schema_id: registry.schema_text(schemas, schema_id)  # noqa: E731
    sales, levels = Decoder(Transaction, text_of), Decoder(InventoryLevel, text_of)
    bare = Arrivals(settings, Transaction.TOPIC, lambda data: int(sales.value(data).sku))
    full = Arrivals(settings, InventoryLevel.TOPIC, lambda data: int(levels.value(data).sku))
    bare.start()
    full.start()
    produced = paced(settings)
    return {
        "bare produce to consume": bare.delays(produced),
        "produce to level": full.delays(produced),
    }


@click.command(help=__doc__)
def main() -> None:
    levels = {}
    for name, changes in RUNS.items():
        with pipeline(**changes) as stack:
            start_job(stack)
            figures = measured(stack)
        for path, (p50, p99) in figures.items():
            print(f"{name}, {path}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        levels[name], reference = figures["produce to level"], figures["bare produce to consume"]
        p50, p99 = (ours / bare for ours, bare in zip(levels[name], reference, strict=True))
        print(f"{name}: level beside bare: p50 {p50:.2f}, p99 {p99:.2f}", flush=True)
    first, *others = levels
    for name in others:
        p50, p99 = (one / base for one, base in zip(levels[name], levels[first], strict=True))
        print(f"{name} beside {first}: p50 {p50:.2f}, p99 {p99:.2f}")


if __name__ == "__main__":
    main()
