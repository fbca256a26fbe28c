"""A partition that has lost its end and grown again, as after a power cut of its only broker."""

import struct
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from connect import kafka
from connect.kafka import GATE_GROUP, Partition
from flink import source_topics
from schemas.clock import utc_now
from schemas.generated import Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import id_of
from tests.support.gate_process import gate
from tests.support.patience import until
from tests.support.poisons import good

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
AT: Partition = (Shipment.TOPIC, 0)
LENGTHS = struct.Struct(">qi")
"""At the beginning of a batch: its first offset, and the bytes that follow."""
SECONDS = 60
READ, KEPT, NEW = 20, 15, 30
"""Records before the power cut, those of them that were on disk, and those sent after it."""


def send(stack: Stack, count: int) -> None:
    """Send valid shipments, each a batch of its own."""
    encoder = Encoder(id_of(stack))
    producer = Producer({"bootstrap.servers": stack.settings.kafka_servers, "linger.ms": 0})
    for number in range(count):
        record = good(Shipment, utc_now(), f"{time.time_ns()}-{number}")
        producer.produce(AT[0], encoder.value(record), encoder.key(record), AT[1])
        assert producer.flush(SECONDS) == 0


def committed(stack: Stack) -> int:
    config = {"bootstrap.servers": stack.settings.kafka_servers, "group.id": GATE_GROUP}
    consumer = Consumer(config)
    (at,) = consumer.committed([TopicPartition(*AT)], timeout=SECONDS)
    consumer.close()
    return int(at.offset)


def cut_power(stack: Stack, kept: int) -> None:
    """End the broker, and take from the partition's file the records from an offset on."""
    stack.supervisor.stop_process("kafka")
    until(lambda: stack.pid("kafka") is None)
    data = stack.settings.state / "kafka"
    (log,) = (data / f"{AT[0]}-{AT[1]}").glob("*.log")
    content, end = log.read_bytes(), 0
    while (begin := LENGTHS.unpack_from(content, end))[0] < kept:
        end += LENGTHS.size + begin[1]
    log.write_bytes(content[:end])
    for mark in ("recovery-point-offset-checkpoint", ".kafka_cleanshutdown"):
        (data / mark).unlink()
    stack.start("kafka")
    stack.wait("kafka")


def test_gate_and_job_notice_that_records_were_lost_and_others_have_taken_their_offsets(
    stack: Stack,
) -> None:
    send(stack, READ)
    with gate(stack):
        until(lambda: committed(stack) == READ)
    read, checkpoint = {AT: READ}, time.time()
    assert source_topics.log_times(stack.settings, read)[AT] < checkpoint
    time.sleep(source_topics.LARGEST_CLOCK_DIFFERENCE)
    cut_power(stack, KEPT)
    until(lambda: kafka.admin(stack.settings) is not None)
    send(stack, NEW)
    ended = stack.run("gate", timeout=SECONDS)
    assert ended.returncode == 1
    assert f"to offset {READ}, and " in ended.stderr
    assert "it has lost records, or it was deleted and created again" in ended.stderr
    client = kafka.admin(stack.settings)
    lost = source_topics.lost_offsets(stack.settings, client, [AT[0]], read, checkpoint)
    assert len(lost) == 1
    assert lost[0].startswith(f"{AT[0]}-{AT[1]} (or the broker's clock is ")
    later = source_topics.lost_offsets(stack.settings, client, [AT[0]], read, time.time())
    assert not later
