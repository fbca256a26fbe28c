"""The record before an offset: another one than was read once, if a partition has grown again.

A partition may lose its end, such as in a power cut of its only broker, which does not sync each
record to disk. Once it has grown beyond an offset again, nothing tells by the offset that there are
other records before it.
"""

from collections.abc import Mapping
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
    waiting = {partition for partition, offset in offsets.items() if offset > 0}
    records: dict[Partition, Message] = {}
    if not waiting:
        return records
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
        consumer.assign([TopicPartition(*each, offsets[each] - 1) for each in waiting])
        while waiting:
            message = consumer.poll(0.1)
            if message is not None:
                partition = str(message.topic()), int(message.partition() or 0)
                if message.error() is None and message.offset() == offsets[partition] - 1:
                    records[partition] = message
                waiting.discard(partition)
            elif monotonic() > until:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
    finally:
        consumer.close()
    return records
