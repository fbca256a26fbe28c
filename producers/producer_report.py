"""Readiness and metrics of a producer that runs until it is stopped."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Protocol

from connect import metrics
from connect.kafka_probe import KafkaProbe
from connect.metrics import Sample
from connect.settings import Settings

SILENT_SECONDS = 10.0
"""Time without an acknowledgement, while records wait for one, after which Kafka stores none."""


class Counts(Protocol):
    """Numbers of records, as a Publisher counts them."""

    sent: int
    acknowledged: int
    failed: int


class ProducerReport:
    """See connect.part_status.Report. open_orders: returns their number, if there can be any."""

    def __init__(
        self,
        settings: Settings,
        publisher: Counts,
        open_orders: Callable[[], int] | None = None,
    ) -> None:
        self._kafka = KafkaProbe(settings)
        self._publisher, self._open_orders = publisher, open_orders
        self.waits_for = ""
        """A sentence about the wait before it begins its work, written by its loop; empty: none."""
        self._acknowledged, self._since = 0, monotonic()

    def obstacle(self) -> str:
        if silence := self._kafka.silence():
            return silence
        publisher, now = self._publisher, monotonic()
        open_records = publisher.sent - publisher.acknowledged - publisher.failed
        if publisher.acknowledged != self._acknowledged or open_records <= 0:
            self._acknowledged, self._since = publisher.acknowledged, now
        silent = now - self._since
        if silent > SILENT_SECONDS:
            return f"Kafka has acknowledged none of {open_records:,} records for {silent:.0f} s."
        return self.waits_for

    def samples(self) -> Iterator[Sample]:
        yield metrics.SENT.of(self._publisher.sent)
        yield metrics.ACKNOWLEDGED.of(self._publisher.acknowledged)
        yield metrics.FAILED.of(self._publisher.failed)
        if self._open_orders is not None:
            yield metrics.OPEN_ORDERS.of(self._open_orders())
