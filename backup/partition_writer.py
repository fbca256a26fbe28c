"""Messages written into a new partition, each at its former offset.

The quarantine, the ledger and consumer groups name messages by their offsets. Offsets have gaps:
the mark at the end of a transaction, messages of aborted ones, and a beginning that was deleted. A
gap is made again by its like: a message before a single missing offset goes into a transaction of
its own, a longer gap is an aborted transaction, and a beginning is deleted.
"""

from collections.abc import Iterable
from itertools import chain
from time import monotonic, sleep

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from backup.segment import SavedMessage
from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS, Partition
from connect.kafka_producer import KafkaProducer, RecordRefusedError
from connect.partition_offsets import END, partition_offsets
from connect.settings import Settings

TRANSACTIONAL_ID = "inventory-restore"
OPTIONS = {
    "compression.type": "zstd",
    "linger.ms": 5,
    "message.max.bytes": 100_000_000,
    "queue.buffering.max.kbytes": 65_536,
    "delivery.report.only.error": True,
}
LONGEST_TRANSACTION = {"transaction.timeout.ms": 900_000}
"""As long as Kafka allows unless it is set: a gap may be long."""
TRANSACTION_SECONDS = 60.0
POLL_SECONDS = 0.002
EARLIEST = 1
"""The first time that the client sends: it takes 0 for the present."""


class PartitionWriter:
    """Writes one partition at a time. Raises UserError when Kafka refuses a message."""

    def __init__(self, settings: Settings, client: AdminClient) -> None:
        self._settings, self._client = settings, client
        self._error: RecordRefusedError | None = None
        self._options = {**OPTIONS, "on_delivery": self._report}
        self._producer = KafkaProducer(settings, self._options)
        self._transactions: KafkaProducer | None = None

    def write(
        self, partition: Partition, messages: Iterable[SavedMessage], is_cut: bool = False
    ) -> None:
        """Write messages one after another, whatever their offsets are.

        is_cut: let the partition begin after its first offset, as one that has lost messages.
        """
        self._delete_before(partition, int(is_cut))
        for message in messages:
            self._send(self._producer, partition, message)
        self._flush(self._producer)

    def write_at_offsets(
        self, partition: Partition, offsets: range, messages: Iterable[SavedMessage]
    ) -> None:
        """Write messages at their offsets into an empty partition. offsets: all of the partition's,
        with those that have no message."""
        following = chain(messages, [_filler(offsets.stop)])
        message = next(following)
        # A single offset without a message before it can be no transaction's mark.
        begin = message.offset if message.offset == offsets.start + 1 else offsets.start
        self._delete_before(partition, begin)
        self._skip(partition, begin, message.offset)
        for after in following:
            if after.offset == message.offset + 2:
                self._send_marked(partition, message)
            else:
                self._send(self._producer, partition, message)
                self._skip(partition, message.offset + 1, after.offset)
            message = after
        self._flush(self._producer)
        self._wait_for_end(partition, offsets.stop)

    def _delete_before(self, partition: Partition, offset: int) -> None:
        """Let the partition begin at an offset."""
        if not offset:
            return
        for at in range(offset):
            self._send(self._producer, partition, _filler(at))
        self._flush(self._producer)
        to = TopicPartition(*partition, offset)
        try:
            self._client.delete_records([to])[to].result(ANSWER_SECONDS)
        except KafkaException as error:
            raise UserError(
                f"Kafka does not delete the first {offset:,} offsets of {partition[0]}, partition "
                f"{partition[1]} ({error.args[0].str()}): give this client the permission Delete."
            ) from None

    def _skip(self, partition: Partition, first: int, end: int) -> None:
        """Abort a transaction that takes the offsets from `first` to before `end`."""
        if first == end:
            return
        producer = self._begin(partition, first)
        for at in range(first, end - 1):  # the last one is the mark's
            self._send(producer, partition, _filler(at))
        self._flush(producer)
        producer.abort_transaction(TRANSACTION_SECONDS)
        self._wait_for_end(partition, end)

    def _send_marked(self, partition: Partition, message: SavedMessage) -> None:
        """Send a message and a transaction's mark after it."""
        producer = self._begin(partition, message.offset)
        self._send(producer, partition, message)
        self._flush(producer)
        producer.commit_transaction(TRANSACTION_SECONDS)
        # Kafka writes the mark after its answer.
        self._wait_for_end(partition, message.offset + 2)

    def _begin(self, partition: Partition, offset: int) -> KafkaProducer:
        """Begin a transaction at an offset, which all messages before it have been written to."""
        self._flush(self._producer)
        self._wait_for_end(partition, offset)
        if self._transactions is None:
            name = self._settings.prefixed(TRANSACTIONAL_ID)
            options = {**self._options, **LONGEST_TRANSACTION, "transactional.id": name}
            self._transactions = KafkaProducer(self._settings, options)
            self._transactions.init_transactions(TRANSACTION_SECONDS)
        self._transactions.begin_transaction()
        return self._transactions

    def _send(self, producer: KafkaProducer, partition: Partition, message: SavedMessage) -> None:
        topic, number = partition
        producer.send(
            topic,
            message.value,
            message.key,
            partition=number,
            headers=message.headers,
            timestamp=max(message.timestamp, EARLIEST),
        )

    def _flush(self, producer: KafkaProducer) -> None:
        producer.flush()
        if self._error:
            raise self._error

    def _wait_for_end(self, partition: Partition, expected: int) -> None:
        """Wait until the partition ends at an offset. Raises UserError when it does not."""
        until = monotonic() + ANSWER_SECONDS
        while (end := self._end(partition)) != expected:
            if end > expected or monotonic() > until:
                raise UserError(
                    f"{partition[0]}, partition {partition[1]}, ends at offset {end}, expected "
                    f"{expected}: another client writes to it. Stop it, delete the topics that "
                    "were restored, and restore again."
                )
            sleep(POLL_SECONDS)

    def _end(self, partition: Partition) -> int:
        """Return the offset at which a partition ends; -1 while a broker does not know it yet."""
        try:
            return partition_offsets(self._client, {partition: END})[partition]
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
            return -1

    def _report(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._error = self._error or RecordRefusedError(str(message.topic()), error)


def _filler(offset: int) -> SavedMessage:
    # A compacted topic takes no message without a key.
    return SavedMessage(offset, EARLIEST, b"", None, None)
