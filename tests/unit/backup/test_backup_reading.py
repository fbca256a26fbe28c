"""A partition is read from one offset to another, on the client's own mock of a broker."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from backup import partition_reader
from backup.partition_reader import PartitionReader
from backup.partition_writer import PartitionWriter
from backup.segment import SavedMessage
from connect import kafka
from connect.errors import UserError
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from tests.support.gate_on_mock import MockBroker

TOPIC, OTHER = "shipments", "adjustments"
MESSAGES = [
    SavedMessage(n, 1_700_000_000_000 + n, b"k" if n % 3 else None, b"v%d" % n, None)
    for n in range(1_000)
]


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    broker = MockBroker([TOPIC, OTHER])
    settings = Settings(kafka=broker.servers)
    writer = PartitionWriter(settings, kafka.admin(settings))
    writer.write_at_offsets((TOPIC, 1), range(1_000), MESSAGES)
    headers = [("trace", b"\0\xff"), ("trace", None)]
    writer.write((TOPIC, 2), [SavedMessage(7, 0, b"k", None, headers)])
    yield settings  # noqa: PT022 - until then the broker lives


def test_exactly_the_messages_between_two_offsets_are_read(settings: Settings) -> None:
    with closing(PartitionReader(settings, pytest.fail)) as reader:
        assert list(reader.read((TOPIC, 1), 0, 1_000)) == MESSAGES
        assert list(reader.read((TOPIC, 1), 250, 750)) == MESSAGES[250:750]
        (one,) = reader.read((TOPIC, 2), 0, 1)
        assert one == SavedMessage(0, 1, b"k", None, [("trace", b"\0\xff"), ("trace", None)])


def test_messages_that_come_while_reading_are_left_for_the_next_backup(settings: Settings) -> None:
    producer = KafkaProducer(settings, {})
    with closing(PartitionReader(settings, pytest.fail)) as reader:
        reading = reader.read((TOPIC, 1), 990, 1_000)
        first = next(reading)
        producer.send(TOPIC, b"later", None, partition=1)
        assert producer.flush(10) == 0
        assert [first, *reading] == MESSAGES[990:]
        assert [each.value for each in reader.read((TOPIC, 1), 1_000, 1_001)] == [b"later"]


def test_reading_that_does_not_progress_is_given_up_by_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition_reader, "SILENT_SECONDS", 0.5)
    refused = pytest.raises(UserError, match=r"record of adjustments, partition 0, .* offset 5")
    with closing(PartitionReader(settings, pytest.fail)) as reader, refused:
        list(reader.read((OTHER, 0), 0, 5))
