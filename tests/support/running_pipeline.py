"""A running pipeline and all events sent to it, compared with the oracle."""

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from rich.console import Console

from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.generated import (
    EVENTS,
    Adjustment,
    InventoryLevel,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from stack.runtime import Stack
from tests.support import oracle
from tests.support.oracle import Event, Key, Level
from views.reader import TopicReader
from views.table import Table

STORES = [f"store-{n}" for n in range(5)]
SKUS = [f"sku-{n:03}" for n in range(200)]
WEIGHTS = {
    "Transaction": 60,
    "Shipment": 12,
    "StockCount": 8,
    "Adjustment": 8,
    "Transfer": 8,
    "ReplenishmentOrder": 4,
}
DUPLICATES = 0.05
LATE = 0.05


class RunningPipeline:
    """A pipeline that sends random events, keeps them, and compares the levels with the oracle."""

    def __init__(self, stack: Stack, seed: int = 7) -> None:
        """seed: of the random events."""
        self.stack = stack
        self.settings: Settings = stack.settings
        self.arrivals: list[Event] = []
        self._random = random.Random(seed)
        self.stores, self.skus = STORES, SKUS

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of the project's commands with this pipeline's settings."""
        return self.stack.run(*command, timeout=120)

    def start_job(self) -> None:
        """Start the gate, if it is on, and then the job."""
        for name in ("gate", "job") if self.settings.gate == "on" else ("job",):
            self.stack.start(name)
            self.stack.wait(name)

    def events(self, count: int) -> list[Event]:
        """Return random events of all contracts, some late by hours, some repeated."""
        events: list[Event] = []
        chance = self._random
        for number in range(count):
            event_id = f"{len(self.arrivals)}-{number}-{chance.getrandbits(64):x}"
            events.append(self._event(event_id))
            if chance.random() < DUPLICATES:
                events.append(replace(chance.choice(events)))
        return events

    def _event(self, event_id: str) -> Event:
        chance = self._random
        now = datetime.now(UTC).replace(microsecond=0)
        at = now - timedelta(hours=chance.random() * 24 * (chance.random() < LATE))
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        store, other = chance.sample(self.stores, 2)
        sku, order = chance.choice(self.skus), f"order-{chance.randrange(200)}"
        happened: dict[str, Any] = {
            "event_id": event_id,
            "sku": sku,
            "occurred_at": at,
            "recorded_at": now,
        }
        at_store = {**happened, "store_id": store}
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "Transaction":
                quantity = chance.choice([1, 1, 1, 2, 3, -1, 0])
                return Transaction(
                    **at_store,
                    receipt_id=event_id,
                    line_no=1,
                    terminal_id="till",
                    quantity=quantity,
                    line_amount=Decimal(quantity) * Decimal("1.99"),
                    currency="EUR",
                )
            case "Shipment":
                quantity = chance.randint(1, 50)
                return Shipment(
                    **at_store, order_id=chance.choice([None, order]), quantity=quantity
                )
            case "StockCount":
                return StockCount(
                    event_id=event_id,
                    store_id=store,
                    sku=sku,
                    quantity=chance.randint(0, 99),
                    counted_at=at,
                    recorded_at=now,
                )
            case "Adjustment":
                return Adjustment(**at_store, quantity=chance.randint(-5, 5), reason="damage")
            case "Transfer":
                return Transfer(
                    **happened,
                    transfer_id=f"transfer-{chance.randrange(200)}",
                    from_store=store,
                    to_store=other,
                    quantity=chance.randint(1, 9),
                    phase=chance.choice(["shipped", "received", "lost"]),
                )
        return ReplenishmentOrder(
            **at_store,
            order_id=order,
            status=chance.choice(["placed", "placed", "cancelled"]),
            quantity=chance.randint(0, 50),
            expected_at=at,
        )

    def send(self, count: int, rate: float = float("inf")) -> None:
        """Send random events, at most `rate` a second; return when all are acknowledged."""
        events = self.events(count)
        start = time.monotonic()
        with Publisher(self.settings, EVENTS) as publisher:
            for number, event in enumerate(events):
                publisher.send(event)
                if number % 50 == 0:
                    publisher.poll()
                    time.sleep(max(0.0, start + number / rate - time.monotonic()))
        self.arrivals += events

    def published(self) -> list[InventoryLevel]:
        """Return all levels in the topic, those of one key in order."""
        reader = TopicReader(self.settings, [InventoryLevel])
        levels: list[InventoryLevel] = []
        while not reader.caught_up:
            levels += [row for row in reader.read(10_000, 0.5) if isinstance(row, InventoryLevel)]
        reader.close()
        return levels

    def differences(self, seconds: float) -> dict[Key, tuple[Level | None, Level | None]]:
        """Return (published, expected) by key where they still differ after this time."""
        expected = oracle.levels(self.arrivals)
        reader = TopicReader(self.settings, [InventoryLevel])
        table: Table[InventoryLevel] = Table()
        until = time.monotonic() + seconds
        try:
            while True:
                for record in reader.read(10_000, 0.5):
                    assert isinstance(record, InventoryLevel)
                    table.put(record)
                wrong = _differences(table, expected)
                if (reader.caught_up and not wrong) or time.monotonic() > until:
                    return wrong
        finally:
            reader.close()


def _differences(
    table: Table[InventoryLevel], expected: dict[Key, Level]
) -> dict[Key, tuple[Level | None, Level | None]]:
    seen = {row.key(): level_of(row) for row in table}
    return {
        key: (seen.get(key), expected.get(key))
        for key in seen.keys() | expected.keys()
        if seen.get(key) != expected.get(key)
    }


def level_of(row: InventoryLevel) -> Level:
    return Level(**{field.name: getattr(row, field.name) for field in fields(Level)})


@contextmanager
def pipeline(**changes: str) -> Iterator[RunningPipeline]:
    """Run broker, registry, gate and job on free ports, with empty topics. changes: settings."""
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2, **changes) as stack:
        stack.names += ["gate", "job"]
        stack.fetch(Console(quiet=True))
        running = RunningPipeline(stack)
        applied = running.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        running.start_job()
        yield running
