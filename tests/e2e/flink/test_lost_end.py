"""A job that starts on a partition that has lost its end and grown again, as after a power cut.

Its checkpoint has counted records that are gone, and others have taken their offsets.
"""

import time
from typing import Any

import pytest
from confluent_kafka import Producer

from connect import kafka
from flink import source_topics
from schemas.clock import utc_now
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support.gate_messages import id_of
from tests.support.oracle import Event
from tests.support.patience import until
from tests.support.poisons import good
from tests.support.power_cut import AT, KEPT, NEW, READ, cut_power
from tests.support.running_pipeline import RunningPipeline, pipeline
from tests.support.tree_copy import stop

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS = 90


def send(world: RunningPipeline, count: int) -> list[Event]:
    """Send valid shipments to one partition, each a batch of its own."""
    encoder = Encoder(id_of(world.stack))
    producer = Producer({"bootstrap.servers": world.settings.kafka_servers, "linger.ms": 0})
    sent: list[Event] = []
    for number in range(count):
        record: Any = good(Shipment, utc_now(), f"{time.time_ns()}-{number}")
        producer.produce(AT[0], encoder.value(record), encoder.key(record), AT[1])
        assert producer.flush(SECONDS) == 0
        sent.append(record)
    return sent


def test_the_levels_are_those_of_the_records_that_are_there() -> None:
    with pipeline(gate="off") as world:
        world.arrivals = before = send(world, READ)
        assert not world.differences(SECONDS)
        client = kafka.admin(world.settings)
        until(lambda: source_topics.has_read(world.settings, client, {AT: READ}))
        stop(world, "job")
        time.sleep(source_topics.LARGEST_CLOCK_DIFFERENCE + 1)
        cut_power(world.stack, KEPT)
        until(lambda: kafka.admin(world.settings) is not None)
        world.arrivals = [*before[:KEPT], *send(world, NEW)]
        world.stack.start("job")
        world.stack.wait("job")
        assert not world.differences(SECONDS)
        log = (world.settings.state / "logs" / "job.log").read_text("utf-8")
        lost = f"records that it has read or would read next are lost in {AT[0]}-{AT[1]}"
        assert f"Starting from the first event: {lost} (or the broker's clock is " in log
