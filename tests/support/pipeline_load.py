"""Load on a running pipeline: events that go on until they are stopped, and sales to follow."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import requests

from schemas.generated import Transaction
from tests.support.running_pipeline import STORES, RunningPipeline

RATE = 300
"""Events a second."""


@contextmanager
def load(world: RunningPipeline, rate: int = RATE) -> Iterator[Callable[[], None]]:
    """Old producers that go on, whatever happens meanwhile, until they are stopped."""
    done = threading.Event()

    def send() -> None:
        while not done.is_set():
            world.send(rate, rate=rate)

    thread = threading.Thread(target=send)
    thread.start()

    def stop() -> None:
        done.set()
        thread.join()

    try:
        yield stop
    finally:
        stop()


def tills(count: int, name: str, skus: Sequence[str]) -> list[Transaction]:
    """Return sales in all stores, of event ids that begin with a name."""
    at = datetime.now(UTC).replace(microsecond=0)
    return [
        Transaction(
            event_id=f"{name}-{number}",
            receipt_id=f"{name}-{number}",
            line_no=1,
            store_id=STORES[number % 5],
            terminal_id="till",
            sku=skus[number % 200],
            quantity=1 + number % 3,
            line_amount=Decimal(1 + number % 3),
            currency="EUR",
            occurred_at=at,
            recorded_at=at,
        )
        for number in range(count)
    ]


def failures(world: RunningPipeline) -> list[str]:
    """Return the causes of the restarts of this pipeline's job."""
    url = f"http://{world.settings.host}:{world.settings.flink_port}/jobs"
    (job,) = requests.get(url, timeout=10).json()["jobs"]
    answer = requests.get(f"{url}/{job['id']}/exceptions", timeout=10).json()
    return [entry["exceptionName"] for entry in answer["exceptionHistory"]["entries"]]
