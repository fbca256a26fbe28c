"""Levels and days stay true when settings change, and when they change back."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connect.settings import Settings
from schemas.generated import Shipment, StockCount
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.followed_shelf import NOW, Reader, base, sale, send
from tests.support.oracle import Event

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SERVICES = ["registry", "kafka", "gate", "job"]
LAST_MONTH = NOW - timedelta(days=30)
AFTERNOON = (NOW - timedelta(days=3)).replace(hour=14, minute=30, second=0)
SECONDS = 120


IMPORTED: list[Event] = [
    Shipment(**base("opening"), quantity=5, occurred_at=LAST_MONTH),
    StockCount(**base("count"), quantity=200, counted_at=LAST_MONTH + timedelta(days=2)),
    *(sale(number, AFTERNOON) for number in range(90)),
    *(sale(number, AFTERNOON + timedelta(hours=1)) for number in range(90, 100)),
]
"""A count of last month, and 100 sales of one day in UTC, of which 10 are of the next in Tokyo.

(The next day has no sales in UTC.)
"""


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
