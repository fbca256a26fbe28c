"""A partition that has lost its end and grown again, as after a power cut of its only broker."""

import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from connect import kafka
from connect.group_coordinator import once_begun
from connect.kafka import GATE_GROUP
from flink import source_topics
from schemas.clock import utc_now
from schemas.generated import Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import id_of
from tests.support.gate_process import gate
from tests.support.patience import until
from tests.support.poisons import good
from tests.support.power_cut import AT, KEPT, NEW, READ, cut_power

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS = 60


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
    (at,) = once_begun(lambda: consumer.committed([TopicPartition(*AT)], timeout=SECONDS), SECONDS)
    consumer.close()
    return int(at.offset)


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
