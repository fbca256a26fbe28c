"""MB of the job's checkpoints over two million events, with short horizons.

The events are distinct, over a fixed set of shelves; some are counts recorded late, within the
horizon. State of ids and movements expires after the horizons. The audit then compares every
level with all events.

Takes 6 minutes.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import click

from benchmarks.pipeline import pipeline, run
from connect import cluster_rest
from contracts.publisher import Publisher
from schemas.generated import Shipment, StockCount, Transaction
from schemas.record import Record
from stack.runtime import Stack

SHELVES = 5_000
HORIZON = 20
"""Horizon of deduplication and of counts, seconds."""
PAUSE = 10.0
"""Seconds between two measurements."""


def events(count: int) -> Iterator[Record]:
    """Yield nine sales, then a shipment or, one time in ten, a count from some seconds ago."""
    chance = Random(1)
    for number in range(count):
        now = datetime.now(UTC).replace(microsecond=0)
        shelf = chance.randrange(SHELVES)
        common: dict[str, Any] = {
            "event_id": f"{number}",
            "store_id": f"store-{shelf % 20}",
            "sku": f"sku-{shelf // 20}",
            "recorded_at": now,
        }
        if number % 100 == 99:
            counted = now - timedelta(seconds=chance.randrange(HORIZON))
            yield StockCount(**common, quantity=chance.randrange(99), counted_at=counted)
        elif number % 10 == 9:
            yield Shipment(**common, quantity=9, occurred_at=now)
        else:
            yield Transaction(
                **common,
                receipt_id=f"{number // 5}",
                line_no=1,
                terminal_id="till-1",
                quantity=1,
                line_amount=Decimal("1.99"),
                currency="EUR",
                occurred_at=now,
            )


def checkpoint_bytes(stack: Stack) -> int:
    """Return the size of the job's newest checkpoint, from Flink's REST API."""
    (job,) = cluster_rest.get(stack.settings, "jobs")["jobs"]
    checkpoints = cluster_rest.get(stack.settings, f"jobs/{job['id']}/checkpoints")
    newest = checkpoints["latest"]["completed"]
    return int(newest["state_size"]) if newest else 0


@click.command(help=__doc__)
@click.option("--events", "count", default=2_000_000, show_default=True, help="Distinct events.")
@click.option("--horizon", default=HORIZON, show_default=True, help="Seconds; 0: unlimited.")
@click.option("--rate", default=10_000, show_default=True, help="Maximum events a second.")
def main(count: int, horizon: int, rate: int) -> None:
    with pipeline(checkpoint_seconds=5, dedup_seconds=horizon, count_seconds=horizon) as stack:
        stack.start("job")
        stack.wait("job")
        start = measured = time.monotonic()
        with Publisher(stack.settings, [Transaction, Shipment, StockCount]) as publisher:
            for sent, event in enumerate(events(count), start=1):
                publisher.send(event)
                if sent % 1000 == 0:
                    publisher.poll()
                    time.sleep(max(0.0, start + sent / rate - time.monotonic()))
                if time.monotonic() - measured > PAUSE:
                    measured = time.monotonic()
                    size = checkpoint_bytes(stack) / 1e6
                    print(f"{measured - start:5.0f} s {sent:10,} events {size:8.1f} MB", flush=True)
        for _ in range(3):
            time.sleep(PAUSE)
            print(f"after the last event {checkpoint_bytes(stack) / 1e6:8.1f} MB", flush=True)
        run(stack, "audit")


if __name__ == "__main__":
    main()
