"""With the gate no invalid record reaches the levels and no valid one is delayed; without it, both.

Real Kafka, registry, gate and job.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, Shipment, Transaction
from schemas.record import Record
from schemas.wire import Encoder
from tests.support.gate_messages import Sender, by_coordinates, id_of, quarantined
from tests.support.pipeline_load import failures
from tests.support.poisons import good, poisons
from tests.support.running_pipeline import RunningPipeline, pipeline
from views.reader import TopicReader

pytestmark = pytest.mark.slow

SECONDS_TO_A_LEVEL = 5.0
SECONDS_AFTER_RETURN = 10.0
SECONDS_TO_SETTLE = 120
SESSION_SECONDS = 7.0
"""A gate that is frozen for this long has left its group."""
NIGHTLY = settings().max_examples > 1000
INTERRUPTIONS = 10 if NIGHTLY else 2
RATE = 5_000 if NIGHTLY else 2_000
"""Events per second: by day, another stack runs beside this one."""


def to_own_shelf(name: str) -> Shipment:
    shipment = good(Shipment, utc_now(), name)
    assert isinstance(shipment, Shipment)
    return replace(shipment, sku=name, order_id=None)


class Canaries:
    """Shipments to shelves of their own; each is sent and its level awaited."""

    def __init__(self, world: RunningPipeline) -> None:
        self._world = world
        since: dict[type[Record], datetime] = {InventoryLevel: datetime.now(UTC)}
        self._levels = TopicReader(world.settings, [InventoryLevel], since)
        self._publisher = Publisher(world.settings, [Shipment])

    def send_and_wait(self, name: str, seconds: float) -> float:
        """Send one shipment and return the seconds until its level is published."""
        canary = to_own_shelf(name)
        self._publisher.send(canary)
        self._publisher.flush()
        self._world.arrivals.append(canary)
        start = time.monotonic()
        while time.monotonic() < start + seconds:
            for level in self._levels.read(10_000, 0.05):
                if isinstance(level, InventoryLevel) and level.sku == name:
                    return time.monotonic() - start
        raise AssertionError(f"no level of {name} within {seconds} s")

    def close(self) -> None:
        self._levels.close()


@pytest.fixture
def canaries(world: RunningPipeline) -> Iterator[Canaries]:
    there = Canaries(world)
    yield there
    there.close()


def test_every_poison_is_quarantined_and_every_canary_reaches_its_level(
    world: RunningPipeline, canaries: Canaries
) -> None:
    sender, bad = Sender(world.stack), {}
    for number, poison in enumerate(poisons(id_of(world.stack), utc_now())):
        if poison.reason != "too_large":  # refused at produce: see test_gate_kafka
            bad[poison.name] = poison
            sender.send(poison.name, poison.topic, poison.key, poison.value)
            sender.flush()
            canaries.send_and_wait(f"canary-{number}", SECONDS_TO_A_LEVEL)
    assert len(bad) >= 60
    in_quarantine = by_coordinates(quarantined(world.stack))
    assert {sender.coordinates[name]: poison.reason for name, poison in bad.items()} == {
        coordinates: record.reason for coordinates, record in in_quarantine.items()
    }
    assert not failures(world)
    assert not world.differences(SECONDS_TO_SETTLE)
    audited = world.run("audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_a_gate_that_is_killed_or_frozen_under_load_loses_nothing(
    world: RunningPipeline, canaries: Canaries
) -> None:
    chance = random.Random(INTERRUPTIONS)
    done = threading.Event()
    before = by_coordinates(quarantined(world.stack)).keys()
    sender = Sender(world.stack)
    encoder = Encoder(id_of(world.stack))

    def load() -> None:
        number = 0
        while not done.is_set():
            world.send(RATE, rate=RATE)
            cut = encoder.value(good(Shipment, utc_now()))[:-1]
            sender.send(number, Shipment.TOPIC, b"key", cut)
            number += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        # A job that has just started needs longer than a gate that returns.
        canaries.send_and_wait("before", SECONDS_TO_SETTLE)
        for number in range(INTERRUPTIONS):
            time.sleep(chance.uniform(1, 4))
            pid = world.stack.pid("gate")
            assert pid
            if number % 2:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(SESSION_SECONDS)
                os.kill(pid, signal.SIGCONT)
            else:
                os.kill(pid, signal.SIGKILL)
            world.stack.wait("gate")
            canaries.send_and_wait(f"after-{number}", SECONDS_AFTER_RETURN)
    finally:
        done.set()
        thread.join()
    sender.flush()
    assert not world.differences(SECONDS_TO_SETTLE)
    assert not failures(world)
    in_quarantine = by_coordinates(quarantined(world.stack)).keys() - before
    assert in_quarantine == set(sender.coordinates.values())


@pytest.mark.nightly
def test_without_the_gate_one_bad_record_falsifies_the_levels_and_another_stops_the_job() -> None:
    # The job's own format takes no byte of one message for another's: a bad one only stops it.
    with pipeline(gate="off", avro_format="avro-confluent") as world:
        encoder, sender = Encoder(id_of(world.stack)), Sender(world.stack)
        for number in range(6):
            shipment = to_own_shelf(f"g{number}")
            value = encoder.value(shipment)
            if number == 1:
                value += encoder.value(to_own_shelf("invented"))[5:]
            sender.send(number, shipment.TOPIC, b"one partition", value)
            world.arrivals.append(shipment)
        sender.flush()
        wrong = world.differences(seconds=10)
        assert {sku for _, sku in wrong} == {"invented", "g5"}
        assert not failures(world)
        sale = good(Transaction, utc_now(), "behind")
        assert isinstance(sale, Transaction)
        behind = replace(sale, sku="behind")
        for value in (encoder.value(sale)[:-1], encoder.value(behind)):
            sender.send(value, Transaction.TOPIC, b"one partition", value)
        sender.flush()
        world.arrivals.append(behind)
        until = time.monotonic() + 60
        while len(failures(world)) < 2 and time.monotonic() < until:
            time.sleep(0.5)
        assert len(failures(world)) >= 2
        wrong = world.differences(SECONDS_TO_A_LEVEL)
        assert {sku for _, sku in wrong} == {"invented", "g5", "behind"}
