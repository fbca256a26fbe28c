"""A service names within seconds what it waits for, and goes on when that is back."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka import Producer

from connect.standstill import standstills
from schemas.generated import Shipment, StockCount
from schemas.wire import Decoder
from stack.runtime import Stack
from tests.support.gate_messages import Sender, event_ids
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline
from tests.support.two_schemas import Versions

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

NAMED_SECONDS = 10
"""Time without movement at which it is named, as the log has it."""
SLACK_SECONDS = 20.0
"""Time until the line is there, on a busy machine."""
SECONDS_TO_SETTLE = 120
RATE = 500


@contextmanager
def stopped(stack: Stack, name: str) -> Iterator[None]:
    pid = stack.pid(name)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def named(stack: Stack, service: str, name: str) -> list[tuple[float, str]]:
    """Return (seconds, cause) of the lines in a service's log that name a standstill."""
    log = (stack.settings.state / "logs" / f"{service}.log").read_text()
    lines = re.findall(rf" {service}: {name}.* has not moved for (\d+) s: (.*)$", log, re.MULTILINE)
    return [(float(seconds), cause) for seconds, cause in lines]


def test_a_registry_that_takes_requests_and_does_not_answer_is_named(
    world: RunningPipeline,
) -> None:
    stack, versions = world.stack, Versions(world.stack, "silent")
    sender = Sender(stack)
    world.send(100)
    assert not world.differences(SECONDS_TO_SETTLE)
    with stopped(stack, "registry"):
        sender.send("new", Shipment.TOPIC, versions.key(0), versions.with_new_schema(0))
        sender.flush()
        decoder = Decoder(Shipment, lambda _: Shipment.SCHEMA)
        world.arrivals.append(decoder.value(versions.with_known_schema(0)))
        until(lambda: named(stack, "gate", "shipments, partition"), SLACK_SECONDS)
        ((seconds, cause),) = named(stack, "gate", "shipments, partition")
        assert seconds <= NAMED_SECONDS
        assert stack.settings.registry_url in cause
        assert "INVENTORY_REGISTRY" in cause
        status = stack.run("stack", "status", timeout=60)
        assert status.returncode == 1
        assert "gate: shipments, partition" in status.stdout.replace("\n", " ")
        for command in (("gate", "--name", "other"), ("flink.job",), ("contracts", "apply")):
            start = time.monotonic()
            ended = stack.run(*command, timeout=60)
            assert ended.returncode == 1, command
            assert f"No Schema Registry answers at {stack.settings.registry_url}" in ended.stderr
            assert "INVENTORY_REGISTRY" in ended.stderr
            assert time.monotonic() - start < SLACK_SECONDS
    accepted = f"accepted-{Shipment.TOPIC}"
    until(lambda: versions.event_id(0) in event_ids(stack, accepted), SLACK_SECONDS)
    until(lambda: not standstills(stack.settings, "gate"), SLACK_SECONDS)
    assert not world.differences(SECONDS_TO_SETTLE)


def test_a_transaction_that_a_producer_leaves_open_is_named_until_it_ends(
    world: RunningPipeline,
) -> None:
    producer = Producer(
        {"bootstrap.servers": world.settings.kafka_servers, "transactional.id": "left-open"}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(StockCount.TOPIC, b"of a transaction that is aborted", partition=0)
    producer.flush(30)
    name = f"{StockCount.TOPIC}, partition 0,"
    until(lambda: named(world.stack, "gate", name), SLACK_SECONDS)
    ((seconds, cause),) = named(world.stack, "gate", name)
    assert seconds <= NAMED_SECONDS
    assert "open transaction" in cause
    producer.abort_transaction(30)
    until(lambda: not standstills(world.settings, "gate"), SLACK_SECONDS)
    world.send(100)
    assert not world.differences(SECONDS_TO_SETTLE)


def test_a_task_that_waits_for_a_silent_broker_is_named_and_goes_on(world: RunningPipeline) -> None:
    done = threading.Event()

    def load() -> None:
        while not done.is_set():
            world.send(RATE, rate=RATE)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        time.sleep(5)
        with stopped(world.stack, "kafka"):
            until(lambda: named(world.stack, "job", "Task"), SLACK_SECONDS)
        seconds, cause = named(world.stack, "job", "Task")[0]
        assert seconds <= NAMED_SECONDS
        assert "check that Kafka answers" in cause
    finally:
        done.set()
        thread.join()
    assert not world.differences(SECONDS_TO_SETTLE)
    for service in ("gate", "job"):
        until(lambda service=service: not standstills(world.settings, service), SLACK_SECONDS)  # type: ignore[misc]
