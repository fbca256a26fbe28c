"""Replays and late records after the dedup horizon, in a running pipeline: each counts once."""

import csv
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select

from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, ReplenishmentOrder, Shipment, StockCount
from stack.runtime import Stack
from tests.support.exports import SAMPLE, SHIPPED
from tests.support.poisons import good
from tests.support.running_pipeline import RunningPipeline
from views.current_database import current_database
from views.database.quarantine_rows import groups
from views.database.tables import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

HORIZON_SECONDS = 5
LINES = [
    "B01;1;70099;03.05.2026 09:00:00;4006381333931;Milk 1 l;5;1,19\n",
    "B01;1;70099;03.05.2026 09:00:00;4006381333931;Milk 1 l;5;1,19\n",
    "B01;1;70100;03.05.2026 09:00:00;4006381333955;Rolls;4x;1,49\n",
]
ORDERS = """
contract = "replenishment_order"
source = "erp"
event_id = ["Order"]
identical_lines = "repeats"
time_zone = "UTC"

[fields]
order_id = "Order"
store_id = "'B01'"
sku = "'4006381333931'"
status = "'placed'"
quantity = "'12'"
expected_at = "'2026-06-05T09:00:00'"
occurred_at = "'2026-06-01T09:00:00'"
"""


class Shop:
    """A pipeline, and two state folders from which files are replayed into it."""

    def __init__(self, world: RunningPipeline, folder: Path) -> None:
        self.world, self.folder = world, folder
        database = f"sqlite:///{world.settings.state / 'read-model.sqlite'}"
        self._environments = [
            world.stack.environment(),
            world.stack.environment()
            | {"INVENTORY_STATE": str(folder / "other"), "INVENTORY_DATABASE": database},
        ]

    def replay(self, number: int, file: Path, mapping: Path, *options: str) -> str:
        """Replay a file from a state folder; return the account."""
        command = ["replay", str(file), "--mapping", str(mapping), *options]
        result = subprocess.run(
            [*PYTHON, "producers", *command],
            env=self._environments[number],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()[-1].partition(";")[0]

    def file(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("".join(lines), encoding="utf-8")
        return path

    def until(self, levels: dict[tuple[str, str], int], seconds: float = 60) -> None:
        """Wait until the levels of some shelves are right."""
        end = time.monotonic() + seconds
        while (now := self.levels()) != levels:
            assert time.monotonic() < end, (now, levels)
            time.sleep(0.2)

    def levels(self) -> dict[tuple[str, str], int]:
        table = TABLES[InventoryLevel].c
        with current_database(self.world.settings, [InventoryLevel]) as connection:
            rows = connection.execute(select(table.store_id, table.sku, table.on_hand))
            return {(store, sku): on_hand for store, sku, on_hand in rows}

    def quarantined(self) -> Counter[tuple[str, str]]:
        with current_database(self.world.settings, []) as connection:
            return Counter(
                {
                    (group.reason, group.topic): group.size
                    for group in groups(connection, None, None)
                }
            )


PYTHON = [sys.executable, "-m"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Stack.on_free_ports(
        ["registry", "kafka"], checkpoint_seconds=2, dedup_seconds=HORIZON_SECONDS
    ) as stack:
        stack.names += ["gate", "job", "views"]
        stack.fetch(Console(quiet=True))
        world = RunningPipeline(stack)
        assert world.run("contracts", "apply").returncode == 0
        world.start_job()
        stack.start("views")
        stack.wait("views")
        yield Shop(world, tmp_path_factory.mktemp("shop"))


def sold(*lines: str) -> Counter[tuple[str, str]]:
    """Sum up what the lines of an export sell, each once."""
    levels: Counter[tuple[str, str]] = Counter()
    for store, _, _, _, sku, _, quantity, _ in csv.reader(lines, delimiter=";"):
        levels[store, sku] -= int(quantity)
    return levels


def test_files_and_late_records_count_once_after_the_horizon(shop: Shop) -> None:
    mapping = SHIPPED / "pos_csv.toml"
    head, *lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    first = shop.file("export.csv", head, *lines, LINES[2])
    assert shop.replay(0, first, mapping) == "read 21 = new 20 + already counted 0 + rejected 1"
    mended = (shop.folder / "export.csv.rejects.csv").read_text(encoding="utf-8")
    time.sleep(HORIZON_SECONDS + 1)
    shop.until(dict(sold(*lines)))

    grown = shop.file("grown.csv", head, *lines, *LINES)
    expected = "read 23 = new 2 + already counted 20 + rejected 1"
    assert shop.replay(1, grown, mapping, "--dry-run") == expected
    assert shop.replay(1, grown, mapping) == expected
    rejects = shop.file("mended.csv", mended.replace("4x", "4"))
    assert shop.replay(1, rejects, mapping) == "read 1 = new 1 + already counted 0 + rejected 0"
    levels = sold(*lines, *LINES[:2], LINES[2].replace("4x", "4"))
    shop.until(dict(levels))
    time.sleep(HORIZON_SECONDS + 1)
    assert shop.replay(0, rejects, mapping) == "read 1 = new 0 + already counted 1 + rejected 0"

    orders, of_orders = shop.file("orders.csv", "Order\n", "o1\n"), shop.file("o.toml", ORDERS)
    assert shop.replay(0, orders, of_orders).startswith("read 1 = new 1 ")
    shop.file("orders.csv", "Order\n", "o1\n", "o2\n")
    time.sleep(HORIZON_SECONDS + 1)
    assert shop.replay(1, orders, of_orders).startswith("read 2 = new 1 + already counted 1 ")

    late = utc_now() - timedelta(days=400)
    shipment: Any = good(Shipment, late)
    shipment = replace(shipment, order_id=None)
    refused: list[Any] = [good(StockCount, late), good(ReplenishmentOrder, late)]
    for _ in range(2):
        with Publisher(shop.world.settings, [Shipment, StockCount, ReplenishmentOrder]) as till:
            for event in (shipment, *refused):
                till.send(event)
        levels[shipment.store_id, shipment.sku] = shipment.quantity
        shop.until(dict(levels))
        time.sleep(HORIZON_SECONDS + 1)
    assert shop.quarantined() == {
        ("too_late", StockCount.TOPIC): 2,
        ("too_late", ReplenishmentOrder.TOPIC): 2,
    }
    audit = shop.world.run("audit", "--settle", "30")
    assert audit.returncode == 0, audit.stdout
