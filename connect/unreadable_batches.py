"""Batches that Kafka's client cannot unpack: it reports each again and again, and never goes on.

Such as a batch that zstd packed and that is larger unpacked than the client's limit. The client
does not tell where a batch ends, so a second consumer looks for the first offset that it can read.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from connect.kafka import Partition
from connect.part_log import LOG

REPEATS = 2
"""Reports of one offset after which it counts as unreadable."""
ANSWER_SECONDS = 10.0
OF_THE_BATCH = (
    KafkaError._BAD_COMPRESSION,
    KafkaError._BAD_MSG,
    KafkaError._NOT_IMPLEMENTED,
    KafkaError._UNDERFLOW,
)
"""Errors that the bytes of a batch cause. Others may pass."""


class UnreadableBatch(NamedTuple):
    """Offsets of a partition of which no record can be read."""

    partition: Partition
    first: int
    end: int
    """First offset after the batch."""
    reason: str
    """Cause in the client's words."""

    def parts(self, size: int) -> Iterator["UnreadableBatch"]:
        """Yield parts of at most so many offsets; the reason of each names the whole."""
        reason = f"the offsets {self.first} to {self.end - 1}: {self.reason}"
        for first in range(self.first, self.end, size):
            yield self._replace(first=first, end=min(first + size, self.end), reason=reason)


class _Report(NamedTuple):
    """An error of a partition, and how often it was reported in a row."""

    code: int
    offset: int
    times: int


class UnreadableBatches:
    """Takes the errors of a consumer's partitions, and leads it past what never can be read.

    config: of that consumer.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = {
            **config,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.error.backoff.ms": 0,
            "fetch.wait.max.ms": 10,
        }
        self._reports: dict[Partition, _Report] = {}
        self._searches: dict[Partition, Future[UnreadableBatch]] = {}
        self._executor = ThreadPoolExecutor(1, "unreadable-batches")

    def report(self, consumer: Consumer, message: Message) -> None:
        """Note an error that the consumer returned."""
        topic, number, offset = message.topic(), message.partition(), message.offset()
        error = message.error()
        if error is None or topic is None or number is None or offset is None:
            return
        partition = topic, number
        before = self._reports.get(partition)
        same = before and (before.code, before.offset) == (error.code(), offset)
        times = before.times + 1 if before and same else 1
        self._reports[partition] = _Report(error.code(), offset, times)
        if times != REPEATS:
            return
        LOG.warning(f"{topic}/{number}/{offset} cannot be read: {error.str()}")
        if error.code() in OF_THE_BATCH:
            first = max(_position(consumer, partition), offset)
            self._searches[partition] = self._executor.submit(
                self._search, partition, offset, first, str(error.str())
            )

    def passed(self, consumer: Consumer) -> list[UnreadableBatch]:
        """Let the consumer read on after each batch whose end was found, and return them."""
        done = [partition for partition, search in self._searches.items() if search.done()]
        batches = []
        for partition in done:
            search = self._searches.pop(partition)
            # The next report begins to count anew, so that a failed search is repeated.
            self._reports.pop(partition, None)
            if search.exception() is None:
                batch = search.result()
                read_on(consumer, partition, batch.end)
                batches.append(batch)
        return batches

    def forget(self, partitions: Iterable[Partition]) -> None:
        """Drop what is known of partitions that another consumer reads."""
        for partition in partitions:
            self._reports.pop(partition, None)
            self._searches.pop(partition, None)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _search(self, partition: Partition, base: int, first: int, reason: str) -> UnreadableBatch:
        """Find the end of the batch that begins at `base`: gallop, then halve."""
        consumer = Consumer(self._config)
        try:
            unreadable, step = first, 1
            while _begins_at(consumer, partition, first + step, base):
                unreadable, step = first + step, step * 2
            end = first + step
            while end - unreadable > 1:
                middle = (unreadable + end) // 2
                if _begins_at(consumer, partition, middle, base):
                    unreadable = middle
                else:
                    end = middle
        finally:
            consumer.close()
        return UnreadableBatch(partition, first, end, reason)


def read_on(consumer: Consumer, partition: Partition, offset: int) -> None:
    """Read a partition from an offset; a seek does not revive one that has stopped."""
    consumer.incremental_unassign([TopicPartition(*partition)])
    consumer.incremental_assign([TopicPartition(*partition, offset)])


def _position(consumer: Consumer, partition: Partition) -> int:
    """Return the offset after the last record that was read, or at which reading begins."""
    (at,) = consumer.position([TopicPartition(*partition)])
    if at.offset < 0:
        (at,) = consumer.committed([TopicPartition(*partition)], timeout=ANSWER_SECONDS)
    return int(at.offset)


def _begins_at(consumer: Consumer, partition: Partition, offset: int, base: int) -> bool:
    """Check whether an offset lies in the batch that begins at `base`.

    Raises TimeoutError when the broker does not answer.
    """
    consumer.assign([TopicPartition(*partition, offset)])
    until = monotonic() + ANSWER_SECONDS
    while monotonic() < until:
        message = consumer.poll(0.1)
        if message is not None and message.topic() == partition[0]:
            error = message.error()
            return error is not None and error.code() in OF_THE_BATCH and message.offset() == base
    raise TimeoutError
