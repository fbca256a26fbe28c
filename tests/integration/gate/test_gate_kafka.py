"""The gate with a real Kafka and registry: killed, stopped, and while the registry is down."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.schema_registry import Schema
from hypothesis import settings

from connect import kafka, registry
from connect.kafka import GATE_GROUP
from connect.registry import schema_text
from gate.accepted_topics import accepted_topic
from gate.start_offsets import START_ANEW
from schemas.generated import EVENTS, QuarantinedRecord, Shipment
from schemas.wire import Decoder, Encoder
from stack.runtime import Stack
from tests.support.kafka_with_contracts import kafka_with_contracts
from tests.support.patience import until
from tests.support.poisons import Poison, good, poisons

pytestmark = pytest.mark.slow
PUBLIC = [event.TOPIC for event in EVENTS]
DOWN_SECONDS = 60 if settings().max_examples > 1000 else 10
RATE = 1000
ACCEPTED = {topic: accepted_topic(topic) for topic in PUBLIC}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with kafka_with_contracts() as there:
        yield there


def start(stack: Stack, name: str = "gate-1") -> subprocess.Popen[bytes]:
    """Start a gate and wait until it reports that it is open: before, SIGTERM would kill it."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "gate", "--name", name],
        env=stack.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    assert process.stdout is not None
    output = process.stdout.readline()
    assert output.endswith(f" INFO    gate: The gate {name!r} is open.\n".encode()), output
    return process


@contextmanager
def gate(stack: Stack) -> Iterator[None]:
    process = start(stack)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert b"Traceback" not in output


def id_of(stack: Stack) -> Callable[[str, str], int]:
    schemas = registry.client(stack.settings)
    return lambda subject, text: schemas.register_schema(subject, Schema(text, "AVRO"))


class Sender:
    """Sends raw messages and keeps the coordinates of each."""

    def __init__(self, stack: Stack) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": stack.settings.kafka_servers,
                "partitioner": "murmur2_random",
                "linger.ms": 2,
                "message.max.bytes": 2_000_000,
            }
        )
        self.coordinates: dict[Any, tuple[str, int, int]] = {}

    def send(
        self, label: Any, topic: str, key: bytes | None, value: bytes | None, **options: Any
    ) -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            assert error is None, error
            self.coordinates[label] = (message.topic(), message.partition(), message.offset())  # type: ignore[assignment]

        self._producer.produce(topic, value, key, on_delivery=delivered, **options)
        self._producer.poll(0)

    def flush(self) -> None:
        assert self._producer.flush(30) == 0


def everything(stack: Stack, topic: str) -> list[Message]:
    """Read every message that a topic has now."""
    consumer = Consumer(
        {
            "bootstrap.servers": stack.settings.kafka_servers,
            "group.id": "tests",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
        }
    )
    unread = set(consumer.list_topics(topic).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in unread])
    messages: list[Message] = []
    while unread:
        for message in consumer.consume(10_000, 0.2):
            error = message.error()
            if error is None:
                messages.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                unread.discard(int(message.partition() or 0))
    consumer.close()
    return messages


def quarantined(stack: Stack) -> list[QuarantinedRecord]:
    schemas = registry.client(stack.settings)
    decoder = Decoder(QuarantinedRecord, lambda schema_id: schema_text(schemas, schema_id))
    return [decoder.value(m.value() or b"") for m in everything(stack, QuarantinedRecord.TOPIC)]


def by_coordinates(
    records: list[QuarantinedRecord],
) -> dict[tuple[str, int, int], QuarantinedRecord]:
    return {record.key(): record for record in records}


def event_ids(stack: Stack, topic: str) -> list[bytes]:
    """Return the event ids of shipments in a topic, in order for each partition."""
    return [_event_id(m) for m in everything(stack, topic)]


def _event_id(message: Message) -> bytes:
    value = message.value() or b""
    return value[6 : 6 + (value[5] >> 1)]


def test_every_poison_is_quarantined_and_every_canary_is_forwarded_unchanged(stack: Stack) -> None:
    now = datetime.now(UTC)
    ids = id_of(stack)
    encoder, sender = Encoder(ids), Sender(stack)
    bad: dict[str, Poison] = {}
    sent: dict[tuple[str, int, int], tuple[Any, ...]] = {}
    with gate(stack):
        for number, poison in enumerate(poisons(ids, now)):
            if poison.reason == "too_large":
                continue
            bad[poison.name] = poison
            sender.send(poison.name, poison.topic, poison.key, poison.value)
            canary = good(EVENTS[number % len(EVENTS)], now, f"canary-{number}")
            sender.send(
                number,
                canary.TOPIC,
                encoder.key(canary),
                encoder.value(canary),
                headers=[("trace", b"\x00\xff"), ("trace", None)],
            )
        sender.flush()

        def all_there() -> bool:
            return len(by_coordinates(quarantined(stack))) >= len(bad) and sum(
                len(everything(stack, topic)) for topic in ACCEPTED.values()
            ) >= len(bad)

        until(all_there)
    in_quarantine = by_coordinates(quarantined(stack))
    assert len(in_quarantine) == len(bad)
    for name, poison in bad.items():
        record = in_quarantine[sender.coordinates[name]]
        assert record.reason == poison.reason, (name, record.sentence)
        assert (record.raw_key, record.raw_value) == (poison.key, poison.value)
        assert record.complete
    for topic in PUBLIC:
        for message in everything(stack, topic):
            sent[topic, message.partition(), message.offset()] = as_it_is(message)  # type: ignore[index]
    expected: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for coordinates in sorted(sent.keys() - in_quarantine.keys()):
        expected[ACCEPTED[coordinates[0]], coordinates[1]].append(sent[coordinates])
    accepted: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for topic in ACCEPTED.values():
        for message in everything(stack, topic):
            accepted[topic, message.partition()].append(as_it_is(message))  # type: ignore[index]
    assert accepted == expected


def as_it_is(message: Message) -> tuple[Any, ...]:
    return message.key(), message.value(), str(message.headers())


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


def members(stack: Stack) -> dict[str, int]:
    """Return the number of partitions of each gate."""
    admin = kafka.admin(stack.settings)
    described = admin.describe_consumer_groups([GATE_GROUP])[GATE_GROUP]
    return {
        member.group_instance_id: len(member.assignment.topic_partitions)
        for member in described.result(10).members
    }


def assert_exact(stack: Stack, topic: str) -> None:
    """Check that each partition's accepted records are the public ones not in quarantine, in order.

    Repeats, which a crash leaves, only repeat a run that was there already.
    """
    refused = {each for each in by_coordinates(quarantined(stack)) if each[0] == topic}
    public: dict[int, list[bytes]] = defaultdict(list)
    for message in everything(stack, topic):
        if (topic, message.partition(), message.offset()) not in refused:
            public[int(message.partition() or 0)].append(_event_id(message))
    accepted: dict[int, list[bytes]] = defaultdict(list)
    for message in everything(stack, ACCEPTED[topic]):
        accepted[int(message.partition() or 0)].append(_event_id(message))
    for partition, names in public.items():
        assert list(dict.fromkeys(accepted[partition])) == list(dict.fromkeys(names))


class Versions:
    """Shipments by number, encoded with the known schema or with one that is new to every gate.

    Every KEYS-th is of the same shelf.
    """

    KEYS = 20

    def __init__(self, stack: Stack, name: str) -> None:
        newer = json.loads(Shipment.SCHEMA)
        newer["fields"].append({"name": name, "type": "boolean", "default": False})
        ids = id_of(stack)
        self.encoder = Encoder(ids)
        self._id = ids(f"tests-{name}-value", json.dumps(newer)).to_bytes(4, "big")
        self._name = f"{name}-{{:06}}"
        record: Any = good(Shipment, datetime.now(UTC), self._name.format(0))
        records = [replace(record, sku=f"{name}-{number}") for number in range(self.KEYS)]
        self._keys = [self.encoder.key(record) for record in records]
        self._values = [self.encoder.value(record) for record in records]

    def key(self, number: int) -> bytes:
        return self._keys[number % self.KEYS]

    def with_known_schema(self, number: int) -> bytes:
        value = self._values[number % self.KEYS]
        return value.replace(self.event_id(0), self.event_id(number))

    def with_new_schema(self, number: int) -> bytes:
        return b"\0" + self._id + self.with_known_schema(number)[5:] + b"\x01"

    def event_id(self, number: int) -> bytes:
        return self._name.format(number).encode()


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


def command(stack: Stack, *arguments: str, code: int = 0) -> str:
    ended = stack.run("gate", "quarantine", *arguments, timeout=120)
    # No read model runs here, as `list` and `show` report first.
    lines = [line for line in ended.stderr.splitlines(True) if "is read from Kafka." not in line]
    output = ended.stdout + "".join(lines)
    assert ended.returncode == code, output
    assert "Traceback" not in output
    if code:
        assert output.count("\n") == 1
        assert output.startswith("Error: ")
    return output


def test_a_quarantined_record_is_listed_and_redriven_once(stack: Stack, tmp_path: Path) -> None:
    ids, now = id_of(stack), datetime.now(UTC)
    encoder, sender = Encoder(ids), Sender(stack)
    fields = json.loads(Shipment.SCHEMA)

    def version(name: str) -> int:
        more = {"name": name, "type": "boolean", "default": False}
        return ids(
            f"tests-{name}-value", json.dumps({**fields, "fields": [*fields["fields"], more]})
        )

    coming = version("first") + 1
    early, cut = (good(Shipment, now, name) for name in ("early", "cut"))
    key, value = encoder.key(early), encoder.value(early)
    early_value = b"\0" + coming.to_bytes(4, "big") + value[5:] + b"\x01"
    with gate(stack):
        sender.send("early", Shipment.TOPIC, key, early_value, headers=[("trace", b"1")])
        sender.send("cut", Shipment.TOPIC, key, encoder.value(cut)[:-7])
        sender.flush()
        places = {label: "/".join(map(str, each)) for label, each in sender.coordinates.items()}
        until(lambda: set(sender.coordinates.values()) <= set(by_coordinates(quarantined(stack))))

        output = command(stack, "list", "--topic", "shipments", "--reason", "unknown_schema")
        assert f"unknown_schema  {places['early']}" in output
        shown = command(stack, "show", places["cut"])
        assert "the bytes end before" in shown
        assert '"sku": "milk"' in shown
        assert "are a record of that schema" in shown

        assert "is still invalid" in command(stack, "redrive", places["early"], code=1)
        assert "is still invalid" in command(stack, "redrive", *places.values(), code=1)
        assert "not in quarantine" in command(stack, "show", "shipments/0/999999", code=1)
        assert "not in quarantine" in command(stack, "redrive", "shipments/0/999999", code=1)
        assert version("second") == coming
        time.sleep(11)  # after UNKNOWN_SECONDS the gate looks the id up again
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "gate", "quarantine", "redrive", places["early"]],
                env=stack.environment(),
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        outputs = [each.communicate(timeout=60)[1] for each in both]
        assert sorted(each.returncode for each in both) == [0, 1], outputs
        assert "was redriven before" in command(stack, "redrive", places["early"], code=1)

        repaired = tmp_path / "repaired.json"
        record = json.loads(command(stack, "show", "--json", places["cut"]))
        repaired.write_text(json.dumps(record | {"quantity": 0}))
        refused = command(stack, "redrive", places["cut"], "--value", str(repaired), code=1)
        assert "repaired.json: quantity: expected a whole number" in refused
        at = now.isoformat(timespec="milliseconds")
        repaired.write_text(json.dumps(record | {"occurred_at": at, "recorded_at": at}))
        again = command(stack, "redrive", places["cut"], "--value", str(repaired), "--by", "Ada")
        assert f"{places['cut']} was redriven as shipments/" in again
        assert "by Ada, repaired" in command(stack, "show", places["cut"])
        accepted = ACCEPTED[Shipment.TOPIC]
        until(lambda: {b"early", b"cut"} <= set(event_ids(stack, accepted)))
        counted = Counter(event_ids(stack, accepted))
        assert (counted[b"early"], counted[b"cut"]) == (1, 1)
        (sent,) = (m for m in everything(stack, accepted) if _event_id(m) == b"early")
        assert (sent.key(), sent.value(), sent.headers()) == (key, early_value, [("trace", b"1")])
    output = command(stack, "list", "--topic", "shipments", "--reason", "unknown_schema")
    assert places["early"] not in output


def test_a_gate_whose_accepted_topic_is_gone_does_not_begin_an_empty_one(stack: Stack) -> None:
    admin, name = kafka.admin(stack.settings), ACCEPTED[Shipment.TOPIC]
    admin.delete_topics([name])[name].result(10)
    until(lambda: name not in admin.list_topics(timeout=10).topics)
    for _ in range(2):
        ended = stack.run("gate", timeout=60)
        assert ended.returncode == 1
        assert ended.stderr.endswith(
            f" ERROR   gate: Topic {name} is gone, and the gate has read shipments already: "
            f"restore it, or {START_ANEW}.\n"
        )
    assert name not in admin.list_topics(timeout=10).topics
