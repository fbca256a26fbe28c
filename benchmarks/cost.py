"""CPU seconds and MB of the job, on the heap and in RocksDB, and of a peer written by hand.

All read the same topics from their beginning and publish the same figures to Kafka. They take
turns, so that what else the machine does meets each of them. The first run of each is checked by
the audit, which counts all events again.

Takes 10 to 30 minutes.
"""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from shutil import rmtree
from typing import Any, NamedTuple

import click
import psutil

from benchmarks import cost_page
from benchmarks.measured_run import Cost, empty_published, measured_run
from benchmarks.pipeline import pipeline
from contracts.publisher import Publisher
from schemas.generated import Adjustment, Shipment, StockCount, Transaction, Transfer
from schemas.record import Record
from stack.runtime import Stack

STORES = [f"store-{number}" for number in range(20)]
SKUS = [f"{number:06}" for number in range(1000)]
DUPLICATES = 0.05


class Job(NamedTuple):
    """One job that is measured."""

    title: str
    module: str
    """Python module that runs it."""
    backend: str
    """Setting `state_backend`."""


JOBS = (
    Job("job, heap", "flink.job", "hashmap"),
    Job("job, RocksDB", "flink.job", "rocksdb"),
    Job("DataStream by hand, heap", "benchmarks.peers.datastream_job", "hashmap"),
    Job("DataStream by hand, RocksDB", "benchmarks.peers.datastream_job", "rocksdb"),
)


def events(count: int) -> Iterator[Record]:
    """Yield a day of events in 20 stores: mostly sales, 1 % counts. Each moves or counts stock."""
    chance = Random(4)
    recorded = datetime.now(UTC).replace(microsecond=0)
    for number in range(count):
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


def fill(stack: Stack, count: int) -> int:
    """Publish the events, some twice; return the number of records."""
    chance, sent = Random(5), 0
    record_types = [Transaction, Shipment, StockCount, Adjustment, Transfer]
    with Publisher(stack.settings, record_types) as publisher:
        for event in events(count):
            for _ in range(1 + (chance.random() < DUPLICATES)):
                publisher.send(event)
                sent += 1
                if sent % 1000 == 0:
                    publisher.poll()
    return sent


def run(stack: Stack, job: Job, count: int) -> Cost:
    """Run a job from an empty state until it has published everything."""
    empty_published(stack)
    checkpoints = stack.settings.state.resolve() / "measured"
    rmtree(checkpoints, ignore_errors=True)
    environment = {
        "INVENTORY_STATE_BACKEND": job.backend,
        "INVENTORY_CHECKPOINTS": checkpoints.as_uri(),
    }
    log = stack.settings.state / f"{job.title}.log"
    return measured_run(stack, [sys.executable, "-m", job.module], environment, log, count)


def require_true(stack: Stack, job: Job) -> None:
    """Raise SystemExit if the audit finds an untrue figure in what a job has published."""
    done = stack.run("audit")
    if done.returncode:
        raise SystemExit(f"{job.title}: the audit has failed:\n{done.stdout}{done.stderr}")


def machine() -> dict[str, str]:
    """Describe what the figures depend on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


@click.command(help=__doc__)
@click.option("--events", "count", default=cost_page.MILLION, show_default=True, help="For a run.")
@click.option("--rounds", default=5, show_default=True, help="Runs of each job, by turns.")
@click.option("--audit/--no-audit", default=True, show_default=True, help="Check the first round.")
@click.option(
    "--page", is_flag=True, help="Write docs/benchmarks.md, with its chart and the raw results."
)
def main(count: int, rounds: int, audit: bool, page: bool) -> None:
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "events": count,
        "audited": [],
        "runs": [],
    }
    with pipeline() as stack:
        results["records"] = fill(stack, count)
        print(f"{results['records']:,} records of {count:,} events", flush=True)
        for number in range(1, rounds + 1):
            for job in JOBS:
                load = os.getloadavg()[0]
                cost = run(stack, job, count)
                if audit and number == 1:
                    require_true(stack, job)
                    results["audited"].append(job.title)
                entry = {"job": job.title, "round": number, "load": round(load, 1)}
                results["runs"].append(entry | asdict(cost))
                print(cost_page.line(results["runs"][-1], count), flush=True)
    print(cost_page.table(results))
    if page:
        cost_page.write(results)


if __name__ == "__main__":
    main()
