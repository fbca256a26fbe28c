"""A gate that is killed, stopped or fenced, or whose registry is down, loses nothing."""

import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from confluent_kafka import Consumer
from hypothesis import settings

from connect.kafka import GATE_GROUP
from schemas.generated import EVENTS, Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import (
    ACCEPTED,
    PUBLIC,
    Sender,
    by_coordinates,
    event_id,
    event_ids,
    everything,
    id_of,
    quarantined,
)
from tests.support.gate_process import gate, members, start
from tests.support.patience import until
from tests.support.poisons import good
from tests.support.two_schemas import Versions

pytestmark = pytest.mark.slow
DOWN_SECONDS = 60 if settings().max_examples > 1000 else 10
RATE = 1000


def stream(stack: Stack, prefix: str, count: int) -> tuple[Sender, dict[bytes, bytes | None]]:
    """Send shipments: return the sender, and the values by event id; each tenth is cut."""
    encoder, sender, now = Encoder(id_of(stack)), Sender(stack), datetime.now(UTC)
    messages: dict[bytes, bytes | None] = {}
    for number in range(count):
        record: Any = good(Shipment, now, f"{prefix}-{number:06}")
        record = type(record).from_dict(record.to_dict() | {"sku": f"sku-{number % 50}"})
        value = encoder.value(record)
        name = record.event_id.encode()
        messages[name] = value[:-1] if number % 10 == 9 else value
        sender.send(name, Shipment.TOPIC, encoder.key(record), messages[name])
        if number % 50 == 49:
            time.sleep(0.01)
    return sender, messages


def outcome(
    sender: Sender, messages: dict[bytes, bytes | None]
) -> tuple[set[bytes], set[tuple[str, int, int]]]:
    """Return the event ids to be accepted, and the coordinates to be quarantined."""
    sender.flush()
    whole = {name for name in messages if not name.endswith(b"9")}
    return whole, {sender.coordinates[name] for name in messages.keys() - whole}


def until_arrived(stack: Stack, whole: set[bytes], cut: set[tuple[str, int, int]]) -> None:
    def arrived() -> bool:
        accepted = set(event_ids(stack, ACCEPTED[Shipment.TOPIC]))
        return whole <= accepted and cut <= set(by_coordinates(quarantined(stack)))

    until(arrived)


def assert_exact(stack: Stack, topic: str) -> None:
    """Check that each partition's accepted records are the public ones not in quarantine, in order.

    Repeats, which a crash leaves, only repeat a run that was there already.
    """
    refused = {each for each in by_coordinates(quarantined(stack)) if each[0] == topic}
    public: dict[int, list[bytes]] = defaultdict(list)
    for message in everything(stack, topic):
        if (topic, message.partition(), message.offset()) not in refused:
            public[int(message.partition() or 0)].append(event_id(message))
    accepted: dict[int, list[bytes]] = defaultdict(list)
    for message in everything(stack, ACCEPTED[topic]):
        accepted[int(message.partition() or 0)].append(event_id(message))
    for partition, names in public.items():
        assert list(dict.fromkeys(accepted[partition])) == list(dict.fromkeys(names))


@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.nightly), signal.SIGSTOP],
)
def test_a_gate_that_is_killed_stopped_or_frozen_loses_and_reorders_nothing(
    stack: Stack, number: signal.Signals
) -> None:
    prefix = number.name
    process = start(stack)
    for moment in range(3):
        sender, messages = stream(stack, f"{prefix}-{moment}", 3_000)
        if moment == 0:
            until(lambda: bool(event_ids(stack, ACCEPTED[Shipment.TOPIC])))
        os.kill(process.pid, number)
        if number == signal.SIGSTOP:
            time.sleep(8)
            process.send_signal(signal.SIGCONT)
        else:
            output, _ = process.communicate(timeout=30)
            assert b"Traceback" not in output
            assert process.returncode == (0 if number == signal.SIGTERM else -signal.SIGKILL)
            process = start(stack)
        until_arrived(stack, *outcome(sender, messages))
    process.terminate()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert_exact(stack, Shipment.TOPIC)
    if number == signal.SIGTERM:
        repeats = Counter(event_ids(stack, ACCEPTED[Shipment.TOPIC]))
        assert {n for name, n in repeats.items() if name.startswith(prefix.encode())} == {1}


def test_gates_that_join_and_leave_share_the_partitions_and_lose_and_reorder_nothing(
    stack: Stack,
) -> None:
    """A second joins, the first is killed and comes back, the second leaves."""
    names, cut = set[bytes](), set[tuple[str, int, int]]()

    def send(prefix: str) -> None:
        whole, rejected = outcome(*stream(stack, prefix, 4_000))
        names.update(whole)
        cut.update(rejected)

    first = start(stack)
    send("alone")
    second = start(stack, "gate-2")
    rounds = count()

    def both_have_some() -> bool:
        send(f"joined-{next(rounds)}")
        shares = members(stack)
        return len(shares) == 2 and all(shares.values())

    until(both_have_some)
    until_arrived(stack, names, cut)
    counted = Counter(event_ids(stack, ACCEPTED[Shipment.TOPIC]))
    assert {counted[name] for name in names} == {1}
    first.kill()
    send("killed")
    first = start(stack)
    send("back")
    until_arrived(stack, names, cut)
    second.terminate()
    send("left")
    until_arrived(stack, names, cut)
    first.terminate()
    for process in (first, second):
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output
    assert_exact(stack, Shipment.TOPIC)


def test_a_gate_that_was_fenced_for_a_moment_rejoins_its_group(stack: Stack) -> None:
    with gate(stack):
        until_arrived(stack, *outcome(*stream(stack, "before", 2_000)))
        other = Consumer(
            {
                "bootstrap.servers": stack.settings.kafka_servers,
                "group.id": GATE_GROUP,
                "group.instance.id": "gate-1",
                "partition.assignment.strategy": "cooperative-sticky",
                "enable.auto.commit": False,
            }
        )
        other.subscribe(PUBLIC)

        def taken() -> bool:
            other.poll(0.1)
            return bool(other.assignment())

        until(taken)
        other.close()
        until_arrived(stack, *outcome(*stream(stack, "after", 2_000)))
    assert_exact(stack, Shipment.TOPIC)


def test_of_two_gates_with_one_name_one_ends_with_the_reason(stack: Stack) -> None:
    both = [start(stack), start(stack)]
    until(lambda: any(process.poll() is not None for process in both))
    (ended,) = (process for process in both if process.poll() is not None)
    (left,) = (process for process in both if process is not ended)
    output, _ = ended.communicate(timeout=30)
    assert ended.returncode == 1
    assert b" ERROR   gate: The gate was fenced (" in output
    assert output.endswith(
        b"another gate with the same name runs; give each its own with --name.\n"
    )
    until_arrived(stack, *outcome(*stream(stack, "left-alone", 2_000)))
    left.terminate()
    output, _ = left.communicate(timeout=30)
    assert left.returncode == 0, output
    assert_exact(stack, Shipment.TOPIC)


@contextmanager
def registry_down(stack: Stack) -> Iterator[None]:
    stack.supervisor.stop_process("registry")
    until(lambda: stack.pid("registry") is None)
    try:
        yield
    finally:
        stack.start("registry")
        stack.wait("registry")


def test_while_the_registry_is_down_a_new_schema_waits_and_the_rest_is_forwarded(
    stack: Stack,
) -> None:
    versions, sender, now = Versions(stack, "cold"), Sender(stack), datetime.now(UTC)
    encoder = versions.encoder
    numbers = [0, versions.KEYS, 2 * versions.KEYS]
    first, second, third = map(versions.event_id, numbers)
    key = versions.key(0)
    elsewhere = [good(event, now, "goes-on") for event in EVENTS if event is not Shipment]
    seen = [(encoder.key(each), encoder.value(each)) for each in elsewhere]
    before = len(by_coordinates(quarantined(stack)))
    with gate(stack):
        sender.send("known", Shipment.TOPIC, key, versions.with_known_schema(numbers[0]))
        for each, (each_key, each_value) in zip(elsewhere, seen, strict=True):
            sender.send(each.TOPIC, each.TOPIC, each_key, each_value)
        sender.flush()
        until(lambda: first in event_ids(stack, ACCEPTED[Shipment.TOPIC]))
        counts = {each.TOPIC: len(everything(stack, ACCEPTED[each.TOPIC])) for each in elsewhere}
        with registry_down(stack):
            sender.send("new", Shipment.TOPIC, key, versions.with_new_schema(numbers[1]))
            sender.send("after", Shipment.TOPIC, key, versions.with_known_schema(numbers[2]))
            for each, (each_key, each_value) in zip(elsewhere, seen, strict=True):
                sender.send(f"{each.TOPIC}-2", each.TOPIC, each_key, each_value)
            sender.flush()
            until(
                lambda: all(
                    len(everything(stack, ACCEPTED[topic])) > count
                    for topic, count in counts.items()
                )
            )
            time.sleep(8)  # longer than the session: a gate that waits stays in its group
            assert not {second, third} & set(event_ids(stack, ACCEPTED[Shipment.TOPIC]))
        until(lambda: third in event_ids(stack, ACCEPTED[Shipment.TOPIC]))
    names = [name for name in event_ids(stack, ACCEPTED[Shipment.TOPIC]) if name[:4] == b"cold"]
    assert names == [first, second, third]
    assert len(by_coordinates(quarantined(stack))) == before


@pytest.mark.nightly
def test_under_load_nothing_is_quarantined_or_reordered_while_the_registry_is_down(
    stack: Stack,
) -> None:
    versions, sender = Versions(stack, "loaded"), Sender(stack)
    before = len(by_coordinates(quarantined(stack)))
    done = 0

    def load(seconds: float, new: bool) -> None:
        """Send at RATE; new: every 97th record has the new schema, so each shelf gets some."""
        nonlocal done
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number in range(done, done + RATE // 10):
                made = (
                    versions.with_new_schema
                    if new and number % 97 == 50
                    else versions.with_known_schema
                )
                sender.send(number, Shipment.TOPIC, versions.key(number), made(number))
            done += RATE // 10
            time.sleep(0.1)

    with gate(stack):
        load(2, new=False)
        until(lambda: versions.event_id(0) in event_ids(stack, ACCEPTED[Shipment.TOPIC]))
        with registry_down(stack):
            load(DOWN_SECONDS, new=True)
        load(2, new=True)
        sender.flush()
        sent = set(map(versions.event_id, range(done)))
        until(lambda: sent <= set(event_ids(stack, ACCEPTED[Shipment.TOPIC])))
    assert len(by_coordinates(quarantined(stack))) == before
    assert_exact(stack, Shipment.TOPIC)
