"""A sale each fifth of a second, and the time at which the level that has it is published."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from contracts.publisher import Publisher
from schemas.generated import EVENTS, InventoryLevel, Transaction
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline
from views.reader import TopicReader

EVERY_SECONDS = 0.2
FRESH_SECONDS = 3.0
"""Largest age of a level that is fresh; `INVENTORY_STALL_SECONDS` is 5."""
CALM_SECONDS = 8.0
"""Time with fresh levels only before a failure."""
OVER_SECONDS = 20.0
"""The same after which it is over: tasks go on until they notice that their job manager is lost."""
REFERENCE_SECONDS, REFERENCE_EVERY_SECONDS = 0.02, 0.5
STORE, SKU = "store-measured", "sku-measured"
PATIENCE_SECONDS = 150


class Freshness:
    """Times of the sales of one product."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        """Of each sale, seconds of the monotonic clock."""
        self.published: list[float] = []
        """Of each sale that is in a level, in the same order."""
        self.references: list[float] = []
        """Seconds that REFERENCE_SECONDS of a processor took, again and again."""

    @property
    def slowness(self) -> float:
        """Return how many times as long as on a machine with nothing else to do all takes here."""
        return max(1.0, sum(self.references) / len(self.references) / REFERENCE_SECONDS)

    def is_fresh(self, now: float) -> bool:
        """Return True if each sale that is older than FRESH_SECONDS is in a level."""
        waiting = self.sent[len(self.published) :]
        return bool(self.published) and not (waiting and now - waiting[0] > FRESH_SECONDS)

    def last_late(self, since: float) -> float:
        """Return the last time at which a level was published late, or `since`."""
        pairs = zip(self.sent, self.published, strict=False)
        return max(
            (read for sold, read in pairs if read > since and read - sold > FRESH_SECONDS),
            default=since,
        )

    def seconds_to_recover(self, failure: Callable[[], None]) -> float:
        """Cause a failure; return the seconds until all levels are fresh again, and stay so."""
        begun = time.monotonic()
        until(lambda: self._fresh_for(CALM_SECONDS, begun), PATIENCE_SECONDS)
        begun = time.monotonic()
        failure()
        until(lambda: self._fresh_for(OVER_SECONDS, begun), PATIENCE_SECONDS)
        return self.last_late(begun) - begun

    def _fresh_for(self, seconds: float, since: float) -> bool:
        now = time.monotonic()
        return self.is_fresh(now) and now - self.last_late(since) >= seconds


@contextmanager
def measured(pipeline: RunningPipeline, rate: int = 0) -> Iterator[Freshness]:
    """Sell and read while the context is open; the sales are among the pipeline's events.

    rate: of further events of all kinds, in each second.
    """
    freshness, done = Freshness(), threading.Event()
    already = sum(1 for event in pipeline.arrivals if getattr(event, "sku", "") == SKU)
    threads = [
        threading.Thread(target=_sell, args=(pipeline, freshness, done, already, rate)),
        threading.Thread(target=_read, args=(pipeline, freshness, done, already)),
        threading.Thread(target=_refer, args=(freshness, done)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield freshness
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _sell(
    pipeline: RunningPipeline, freshness: Freshness, done: threading.Event, already: int, rate: int
) -> None:
    # One publisher: it needs the registry at its start only.
    with Publisher(pipeline.settings, EVENTS) as publisher:
        for number in count(already):
            if done.wait(EVERY_SECONDS):
                return
            events = [*pipeline.events(int(rate * EVERY_SECONDS)), _sale(f"measured-{number}")]
            freshness.sent.append(time.monotonic())
            for event in events:
                publisher.send(event)
            publisher.poll()
            pipeline.arrivals += events


def _read(
    pipeline: RunningPipeline, freshness: Freshness, done: threading.Event, already: int
) -> None:
    reader = TopicReader(pipeline.settings, [InventoryLevel])
    try:
        while not done.is_set():
            for record in reader.read(10_000, EVERY_SECONDS / 2):
                if isinstance(record, InventoryLevel) and record.sku == SKU:
                    new = record.version - already - len(freshness.published)
                    freshness.published += [time.monotonic()] * new
    finally:
        reader.close()


def _refer(freshness: Freshness, done: threading.Event) -> None:
    while not done.wait(REFERENCE_EVERY_SECONDS):
        begun, used = time.monotonic(), time.thread_time()
        while time.thread_time() - used < REFERENCE_SECONDS:
            pass
        freshness.references.append(time.monotonic() - begun)


def _sale(event_id: str) -> Transaction:
    at = datetime.now(UTC).replace(microsecond=0)
    return Transaction(
        event_id=event_id,
        receipt_id=event_id,
        line_no=1,
        store_id=STORE,
        terminal_id="till",
        sku=SKU,
        quantity=1,
        line_amount=Decimal("1.99"),
        currency="EUR",
        occurred_at=at,
        recorded_at=at,
    )
