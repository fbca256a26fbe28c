"""The messages of a partition, one after another, up to an end that is known."""

from collections.abc import Callable, Iterator
from time import monotonic

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from backup.segment import SavedMessage
from connect.errors import UserError
from connect.kafka import Partition, client_config
from connect.message_headers import Headers, UnreadableHeadersError, headers_of
from connect.settings import Settings
from connect.topics import MISSING
from connect.unreadable_batches import UnreadableBatches

GROUP = "inventory-backup"
"""Consumer group, which commits nothing."""
BATCH = 200
SILENT_SECONDS = 120.0
"""Time without progress after which reading is given up."""


class PartitionReader:
    """Reads committed messages, one partition at a time.

    note: gets a sentence for messages that Kafka's client cannot give.
    """

    def __init__(self, settings: Settings, note: Callable[[str], None]) -> None:
        config = {
            **client_config(settings),
            "group.id": settings.prefixed(GROUP),
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 20,
            "queued.max.messages.kbytes": 16_384,
        }
        self._consumer = Consumer(config)
        self._unreadable = UnreadableBatches(config)
        self._note = note

    def read(self, partition: Partition, first: int, end: int) -> Iterator[SavedMessage]:
        """Yield the messages of the offsets from `first` to before `end`.

        It waits while a transaction that began before `end` is open. Raises UserError when nothing
        comes for SILENT_SECONDS, or the topic may not be read.
        """
        self._consumer.incremental_assign([TopicPartition(*partition, first)])
        reached, heard = first, monotonic()
        while reached < end:
            before = reached
            # Not more than there may be: for those it would wait.
            for message in self._consumer.consume(min(BATCH, end - reached), 0.2):
                if (message.topic(), message.partition()) != partition:
                    continue
                offset = int(message.offset() or 0)
                if message.error() is None:
                    reached = offset + 1
                    if offset < end:
                        yield self._saved(message)
                elif self._is_end(message):
                    reached = max(reached, offset)
            for batch in self._unreadable.passed(self._consumer):
                self._note(
                    f"Not saved, as Kafka's client cannot read it: {partition[0]}, partition "
                    f"{partition[1]}, offsets {batch.first} to {batch.end - 1}: {batch.reason}."
                )
                reached = max(reached, batch.end)
            if reached > before:
                heard = monotonic()
            elif monotonic() - heard > SILENT_SECONDS:
                raise UserError(
                    f"Kafka has sent no record of {partition[0]}, partition {partition[1]}, for "
                    f"{SILENT_SECONDS:.0f} s before offset {end}: the broker does not answer, or a "
                    "producer has left a transaction open, which Kafka aborts after its time-out. "
                    "The backup before this one is whole: try again."
                )
        self._unreadable.forget([partition])
        self._consumer.incremental_unassign([TopicPartition(*partition)])

    def close(self) -> None:
        self._consumer.close()
        self._unreadable.close()

    def _is_end(self, message: Message) -> bool:
        error = message.error()
        assert error is not None
        if error.code() in MISSING:
            raise UserError(
                f"Kafka does not let this client read topic {message.topic()}: give it the "
                "permission."
            )
        if error.code() == KafkaError._PARTITION_EOF:
            return True
        self._unreadable.report(self._consumer, message)
        return False

    def _saved(self, message: Message) -> SavedMessage:
        _, timestamp = message.timestamp()
        headers: Headers | None = None
        try:
            headers = headers_of(message)
        except UnreadableHeadersError as error:
            at = f"{message.topic()}/{message.partition()}/{message.offset()}"
            self._note(f"{at} is saved without its headers: {error}.")
        key, value = message.key(), message.value()
        return SavedMessage(int(message.offset() or 0), timestamp, key, value, headers)
