"""Load on a running pipeline: events that go on until they are stopped, and sales to follow."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import requests

from contracts.publisher import Publisher
from schemas.generated import EVENTS, Transaction
from tests.support.running_pipeline import STORES, RunningPipeline

RATE = 300
"""Events a second."""
EVERY_SECONDS = 0.2


@contextmanager
def load(world: RunningPipeline, rate: int = RATE) -> Iterator[Callable[[], None]]:
    """Old producers that go on, whatever happens meanwhile, until they are stopped.

    They need the registry at their start only. Stopping them raises what has ended them.
    """
    done = threading.Event()
    publisher = Publisher(world.settings, EVENTS)

    def send() -> None:
        begun, sent = time.monotonic(), 0
        with publisher:
            while not done.wait(EVERY_SECONDS):
                due = int((time.monotonic() - begun) * rate)
                events = world.events(due - sent)
                for event in events:
                    publisher.send(event)
                publisher.poll()
                world.arrivals += events
                sent = due

    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(send)

        def stop() -> None:
            done.set()
            sending.result()

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
