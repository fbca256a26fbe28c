"""Levels and days stay true when settings change, and when they change back."""

import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connect.record_consumer import Tombstone
from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.generated import EVENTS, InventoryLevel, SalesByDay, Shipment, StockCount, Transaction
from schemas.version import version_of
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.oracle import Event
from views.reader import TopicReader
from views.sales_days import SalesDays
from views.table import Table

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SERVICES = ["registry", "kafka", "gate", "job"]
NOW = datetime.now(UTC).replace(microsecond=0)
LAST_MONTH = NOW - timedelta(days=30)
AFTERNOON = (NOW - timedelta(days=3)).replace(hour=14, minute=30, second=0)
SECONDS = 120


def base(event_id: str) -> dict[str, Any]:
    return {"event_id": event_id, "store_id": "north", "sku": "milk", "recorded_at": NOW}


def sale(number: int, at: datetime) -> Transaction:
    return Transaction(
        **base(f"sale-{number}"),
        receipt_id=f"receipt-{number}",
        line_no=1,
        terminal_id="till",
        quantity=1,
        line_amount=Decimal("1.00"),
        currency="EUR",
        occurred_at=at,
    )


IMPORTED: list[Event] = [
    Shipment(**base("opening"), quantity=5, occurred_at=LAST_MONTH),
    StockCount(**base("count"), quantity=200, counted_at=LAST_MONTH + timedelta(days=2)),
    *(sale(number, AFTERNOON) for number in range(90)),
    *(sale(number, AFTERNOON + timedelta(hours=1)) for number in range(90, 100)),
]
"""A count of last month, and 100 sales of one day in UTC, of which 10 are of the next in Tokyo.

(The next day has no sales in UTC.)
"""


class Reader:
    """A reader that runs through all changes, as the page does."""

    def __init__(self) -> None:
        self.levels: Table[InventoryLevel] = Table()
        self.days = SalesDays()
        self.went_back = 0

    def read(self, settings: Settings) -> None:
        reader = TopicReader(settings, [InventoryLevel, SalesByDay])
        try:
            while not reader.caught_up:
                for record in reader.read(1_000, 0.5):
                    if isinstance(record, InventoryLevel):
                        before = self.levels.get(*record.key())
                        taken = self.levels.put(record)
                        self.went_back += taken and bool(
                            before and version_of(record) < version_of(before)
                        )
                    elif isinstance(record, SalesByDay):
                        self.days.put(record)
                    elif isinstance(record, Tombstone) and record.record_type is SalesByDay:
                        self.days.remove(record.key)
        finally:
            reader.close()

    def shown(self) -> tuple[int | None, dict[str, int]]:
        level = self.levels.get("north", "milk")
        on_hand = None if level is None else level.on_hand
        return on_hand, {day.business_day: day.units for day in self.days.of("milk")}


def send(settings: Settings, events: Iterable[Event]) -> None:
    with Publisher(settings, EVENTS) as publisher:
        for event in events:
            publisher.send(event)


def wait_for(reader: Reader, settings: Settings, on_hand: int, units: dict[str, int]) -> None:
    end = time.monotonic() + SECONDS
    while reader.shown() != (on_hand, units):
        assert time.monotonic() < end, reader.shown()
        reader.read(settings)
        time.sleep(0.5)


def test_an_import_stays_true_when_its_limit_and_the_time_zone_change(tmp_path: Path) -> None:
    imported = Stack.on_free_ports(
        SERVICES[:2],
        state=tmp_path / "state",
        count_seconds=0,
        time_zone="Asia/Tokyo",
        checkpoint_seconds=2,
    )
    day, next_day, today = (
        f"{at:%Y-%m-%d}" for at in (AFTERNOON, AFTERNOON + timedelta(days=1), NOW)
    )
    reader = Reader()
    with imported as stack:
        assert stack.run("contracts", "apply").returncode == 0
        for name in SERVICES[2:]:
            stack.start(name)
            stack.wait(name)
        send(stack.settings, IMPORTED)
        wait_for(reader, stack.settings, 100, {day: 90, next_day: 10})
    changed = replace(imported.settings, count_seconds=Settings().count_seconds, time_zone="UTC")
    with Stack(changed, SERVICES) as stack:
        send(stack.settings, [sale(1, AFTERNOON), sale(100, NOW)])
        wait_for(reader, stack.settings, 99, {day: 100, today: 1})
        audit = stack.run("audit", timeout=180)
        assert audit.returncode == 0, audit.stdout + audit.stderr
    assert not reader.went_back


def test_a_job_that_runs_starts_anew_when_a_gate_applies_a_longer_limit() -> None:
    with Stack.on_free_ports(SERVICES[:2], checkpoint_seconds=2) as stack:
        assert stack.run("contracts", "apply").returncode == 0
        for name in SERVICES[2:]:
            stack.start(name)
            stack.wait(name)
        send(stack.settings, IMPORTED[2:])
        reader = Reader()
        wait_for(reader, stack.settings, -100, {f"{AFTERNOON:%Y-%m-%d}": 100})
        first, longer = stack.pid("job"), str(30 * 24 * 3600)
        environment = stack.environment() | {"INVENTORY_DEDUP_SECONDS": longer}
        command = [sys.executable, "-m", "gate", "--name", "gate-2"]
        with subprocess.Popen(command, cwd=PROJECT, env=environment) as gate:
            end = time.monotonic() + SECONDS
            while stack.pid("job") in (first, None):
                assert time.monotonic() < end, "the job has not ended"
                time.sleep(1)
            gate.terminate()
        stack.wait("job")
        send(stack.settings, [sale(1, AFTERNOON), sale(100, AFTERNOON)])
        wait_for(reader, stack.settings, -101, {f"{AFTERNOON:%Y-%m-%d}": 101})
        log = (stack.settings.state / "logs" / "job.log").read_text("utf-8")
        assert "its state is of another INVENTORY_DEDUP_SECONDS" in log
        audit = stack.run("audit", timeout=180)
        assert audit.returncode == 0, audit.stdout + audit.stderr
    assert not reader.went_back
