"""Records at given offsets: what stands before one, and whether any stands between two.

A partition may lose its end, such as in a power cut of its only broker, which does not sync each
record to disk. Once it has grown beyond an offset again, nothing tells by the offset that there are
other records before it. Nor does an end offset tell of a record: the mark of a transaction has an
offset, too, and so have records of one that was aborted.
"""

from collections.abc import Iterator, Mapping
from time import monotonic

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connect.kafka import ANSWER_SECONDS, Partition, client_config
from connect.settings import Settings

ONE_FETCH = 65_536
"""Bytes that are fetched for one record."""


def records_before(
    settings: Settings, group: str, offsets: Mapping[Partition, int]
) -> dict[Partition, Message]:
    """Return the record before each offset; none where a transaction's mark or nothing is.

    group: see connect.kafka; nothing is committed. Raises KafkaException when the broker does not
    answer.
    """
    before = {partition: offset - 1 for partition, offset in offsets.items() if offset > 0}
    return {
        partition: message
        for partition, message in _next_messages(settings, group, before)
        if message.error() is None and message.offset() == before[partition]
    }


def with_records(
    settings: Settings, group: str, offsets: Mapping[Partition, range]
) -> set[Partition]:
    """Return the partitions that have a record, or what cannot be read, at some of the offsets.

    group and errors: see records_before.
    """
    begins = {partition: each.start for partition, each in offsets.items() if each}
    return {
        partition
        for partition, message in _next_messages(settings, group, begins)
        if int(message.offset() or 0) in offsets[partition] and not _is_end(message)
    }


def _next_messages(
    settings: Settings, group: str, offsets: Mapping[Partition, int]
) -> Iterator[tuple[Partition, Message]]:
    """Yield the first message of each partition from its offset on: a record, an error or its end.

    Raises KafkaException when the broker does not answer.
    """
    waiting = set(offsets)
    if not waiting:
        return
    consumer = Consumer(
        {
            **client_config(settings),
            "group.id": settings.prefixed(group),
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
            "fetch.wait.max.ms": 10,
            "max.partition.fetch.bytes": ONE_FETCH,
        }
    )
    until = monotonic() + ANSWER_SECONDS
    try:
        consumer.assign([TopicPartition(*each, offsets[each]) for each in waiting])
        while waiting:
            message = consumer.poll(0.1)
            if message is not None:
                partition = str(message.topic()), int(message.partition() or 0)
                if partition in waiting:
                    waiting.remove(partition)
                    yield partition, message
            elif monotonic() > until:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
    finally:
        consumer.close()


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF
