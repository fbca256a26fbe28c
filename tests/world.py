"""A running pipeline and everything that was ever sent into it, held against the oracle."""

import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from connect.settings import Settings
from producers.publisher import Publisher
from schemas.generated import InventoryLevel, Shipment, Transaction
from stack.runtime import Stack
from tests import oracle
from tests.oracle import Event, Key, Level
from views.reader import TopicReader
from views.table import Table

STORES = [f"store-{n}" for n in range(5)]
SKUS = [f"sku-{n:03}" for n in range(200)]
DUPLICATES = 0.05
LATE = 0.05


class World:
    """One pipeline: sends random events, remembers them, and compares the levels at the end."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.settings: Settings = stack.settings
        self.arrivals: list[Event] = []
        self._random = random.Random(7)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """One of the project's own commands, with this pipeline's settings."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=self.stack.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def events(self, count: int) -> list[Event]:
        """Sales, returns and shipments; some late by hours, some delivered twice, ids unique."""
        made: list[Event] = []
        chance = self._random
        for number in range(count):
            now = datetime.now(UTC).replace(microsecond=0)
            at = now - timedelta(hours=chance.random() * 24 * (chance.random() < LATE))
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            event_id = f"{len(self.arrivals)}-{number}-{chance.getrandbits(64):x}"
            store, sku = chance.choice(STORES), chance.choice(SKUS)
            if chance.random() < 0.2:
                made.append(
                    Shipment(
                        event_id=event_id,
                        store_id=store,
                        sku=sku,
                        quantity=chance.randint(1, 50),
                        occurred_at=at,
                        recorded_at=now,
                    )
                )
            else:
                quantity = chance.choice([1, 1, 1, 2, 3, -1, 0])
                made.append(
                    Transaction(
                        event_id=event_id,
                        receipt_id=event_id,
                        line_no=1,
                        store_id=store,
                        terminal_id="till",
                        sku=sku,
                        quantity=quantity,
                        line_amount=Decimal(quantity) * Decimal("1.99"),
                        currency="EUR",
                        occurred_at=at,
                        recorded_at=now,
                    )
                )
            if chance.random() < DUPLICATES:
                made.append(replace(chance.choice(made)))
        return made

    def send(self, count: int, rate: float = float("inf")) -> None:
        """Send random events, at most `rate` a second, and return when all are acknowledged."""
        events = self.events(count)
        start = time.monotonic()
        with Publisher(self.settings, [Transaction, Shipment]) as publisher:
            for number, event in enumerate(events):
                publisher.send(event)
                if number % 50 == 0:
                    publisher.poll()
                    time.sleep(max(0.0, start + number / rate - time.monotonic()))
        self.arrivals += events

    def differences(self, seconds: float) -> dict[Key, tuple[Level | None, Level | None]]:
        """(published, expected) wherever they still differ after so many seconds."""
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
    seen = {
        (row.store_id, row.sku): Level(
            row.on_hand, row.sold, row.returned, row.received, row.version, row.last_movement_at
        )
        for row in table
    }
    return {
        key: (seen.get(key), expected.get(key))
        for key in seen.keys() | expected.keys()
        if seen.get(key) != expected.get(key)
    }
