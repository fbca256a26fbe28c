"""CPU of the whole job, and of its union and deduplication with one plain aggregate.

Both read the same topics and write levels to Kafka, with state on the heap and in RocksDB. CPU is
measured from the first level to the last.

Run: python -m benchmarks.cost
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psutil

from benchmarks.pipeline import cpu, pipeline
from contracts.publisher import Publisher
from schemas.generated import (
    Adjustment,
    InventoryLevel,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record
from stack.runtime import Stack
from views.reader import TopicReader
from views.table import Table

EVENTS = 1_000_000
STORES = [f"store-{number}" for number in range(20)]
SKUS = [f"{number:06}" for number in range(1000)]
DUPLICATES = 0.05
JOBS = {"plain": "benchmarks.plain_job", "whole": "flink.job"}
SECONDS = 240


def events() -> Iterator[Record]:
    """Yield a day of all event types in 20 stores: mostly sales, 1 % counts."""
    chance = Random(4)
    recorded = datetime.now(UTC).replace(microsecond=0)
    for number in range(EVENTS):
        store, other = chance.sample(STORES, 2)
        at = recorded - timedelta(seconds=chance.randrange(86_400))
        common: dict[str, Any] = {
            "event_id": f"event-{number}",
            "sku": chance.choice(SKUS),
            "recorded_at": recorded,
        }
        share = chance.random()
        if share < 0.01:
            yield StockCount(**common, store_id=store, quantity=chance.randrange(99), counted_at=at)
        elif share < 0.03:
            yield Adjustment(**common, store_id=store, quantity=-1, reason="damage", occurred_at=at)
        elif share < 0.06:
            yield Transfer(
                **common,
                transfer_id=f"transfer-{number // 2}",
                from_store=store,
                to_store=other,
                quantity=5,
                phase=chance.choice(["shipped", "received"]),
                occurred_at=at,
            )
        elif share < 0.12:
            yield Shipment(**common, store_id=store, quantity=24, occurred_at=at)
        else:
            yield Transaction(
                **common,
                receipt_id=f"receipt-{number // 5}",
                line_no=1,
                store_id=store,
                terminal_id="till-1",
                quantity=chance.choice([1, 1, 1, 2, 3, -1]),
                line_amount=Decimal("1.99"),
                currency="EUR",
                occurred_at=at,
            )


def run(stack: Stack, module: str, backend: str) -> tuple[float, float]:
    """Measure (CPU seconds, wall seconds) from the job's first level to its last."""
    reader = TopicReader(stack.settings, [InventoryLevel], {InventoryLevel: datetime.now(UTC)})
    name = f"{module}-{backend}"
    environment = stack.environment() | {
        "INVENTORY_STATE_BACKEND": backend,
        "INVENTORY_CHECKPOINTS": (stack.settings.state.resolve() / name).as_uri(),
    }
    log = stack.settings.state / f"{name}.log"
    with log.open("wb") as output:
        job = psutil.Popen(
            [sys.executable, "-m", module], env=environment, stdout=output, stderr=output
        )
    try:
        return _measure(job, reader)
    except SystemExit as error:
        tail = log.read_text("utf-8", "replace")[-2000:]
        raise SystemExit(f"{error}. {module} ended with:\n{tail}") from None
    finally:
        reader.close()
        if job.is_running():
            for process in [*job.children(recursive=True), job]:
                process.kill()
        job.wait()


def _measure(job: psutil.Popen, reader: TopicReader) -> tuple[float, float]:
    table: Table[InventoryLevel] = Table()
    started, before, until = 0.0, 0.0, time.monotonic() + SECONDS
    versions: dict[tuple[str, str], int] = {}
    while sum(versions.values()) < EVENTS:
        if job.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"The job did not finish: {sum(versions.values())} of {EVENTS} events")
        for record in reader.read(20_000, 0.2):
            assert isinstance(record, InventoryLevel)
            if not started:
                started, before = time.monotonic(), cpu(job)
            if table.put(record):
                versions[record.store_id, record.sku] = record.version
    return cpu(job) - before, time.monotonic() - started


def main() -> None:
    with pipeline() as stack:
        record_types = [Transaction, Shipment, StockCount, Adjustment, Transfer]
        chance, sent = Random(5), 0
        with Publisher(stack.settings, record_types) as publisher:
            for event in events():
                for _ in range(1 + (chance.random() < DUPLICATES)):
                    publisher.send(event)
                    sent += 1
                    if sent % 1000 == 0:
                        publisher.poll()
        print(f"{sent:,} records of {EVENTS:,} events", flush=True)
        for backend in ("hashmap", "rocksdb"):
            figures = {}
            for name, module in JOBS.items():
                used, taken = figures[name] = run(stack, module, backend)
                print(
                    f"{backend}, {name}: {used:.0f} CPU seconds, "
                    f"{sent / used / 1000:.0f} k records a CPU second, {taken:.0f} s",
                    flush=True,
                )
            print(f"{backend}: {figures['whole'][0] / figures['plain'][0]:.2f} times the CPU")


if __name__ == "__main__":
    main()
