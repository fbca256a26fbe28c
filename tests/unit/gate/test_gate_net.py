"""No record stops the gate: what cannot be read, judged or forwarded is quarantined."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connect.unreadable_batches import UnreadableBatch
from gate import service
from schemas.generated import Shipment, Transaction
from schemas.wire import Encoder
from tests.support import record_batches
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import PARTITIONS, MockBroker, RunningGate, running_gate
from tests.support.poisons import good
from tests.support.record_batches import GZIP, NONE, ZSTD, RawRecord

UNKNOWN_CODEC = 6
SECONDS_BEHIND = 5.0


@pytest.fixture(scope="module")
def broker() -> MockBroker:
    return MockBroker()


@pytest.fixture(scope="module")
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture(scope="module")
def gate(broker: MockBroker, registry: FakeRegistry) -> Iterator[RunningGate]:
    with pytest.MonkeyPatch.context() as patch, running_gate(patch, broker, registry) as running:
        # A first record in each partition: the group has been joined.
        for partition in range(PARTITIONS):
            Canary(broker, registry, partition, "first").arrives(running, 20)
        yield running


class Canary:
    """A valid shipment, sent to a partition."""

    def __init__(
        self, broker: MockBroker, registry: FakeRegistry, partition: int, name: str
    ) -> None:
        record = good(Shipment, datetime.now(UTC), f"{name}-{partition}-{time.monotonic_ns()}")
        encoder = Encoder(registry.id_of)
        self._broker = broker
        self.raw = RawRecord(encoder.value(record), encoder.key(record))
        self._partition = partition
        append(broker, partition, record_batches.records([self.raw]), 1)

    def arrives(self, gate: RunningGate, seconds: float = SECONDS_BEHIND) -> None:
        gate.until(lambda: self.raw.value in accepted(self._broker, self._partition), seconds)


def append(broker: MockBroker, partition: int, data: bytes, count: int, codec: int = NONE) -> int:
    sealed = record_batches.batch(data, count, int(time.time() * 1000), codec)
    return record_batches.send(broker.servers, Shipment.TOPIC, partition, sealed)


def accepted(broker: MockBroker, partition: int) -> list[bytes | None]:
    messages = broker.everything(f"accepted-{Shipment.TOPIC}")
    return [message.value() for message in messages if message.partition() == partition]


def valid(registry: FakeRegistry, name: str = "e1") -> RawRecord:
    record, encoder = good(Shipment, datetime.now(UTC), name), Encoder(registry.id_of)
    return RawRecord(encoder.value(record), encoder.key(record))


def test_a_header_whose_name_is_not_utf8_is_quarantined_without_headers(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    raw = valid(registry)._replace(headers=[(b"name\xe9", b"1")])
    offset = append(broker, 0, record_batches.records([raw]), 1)
    Canary(broker, registry, 0, "behind").arrives(gate)
    record = gate.in_quarantine(Shipment.TOPIC, 0, offset)
    assert record.reason == "unreadable"
    assert "the name of a header is not UTF-8" in record.sentence
    assert (record.raw_value, record.raw_key, record.raw_headers) == (raw.value, raw.key, None)
    assert not record.complete


def test_headers_are_counted_as_kafka_writes_them(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    raw = valid(registry)._replace(headers=[(b"ten_bytes_", None)] * 90_000)
    offset = append(broker, 0, record_batches.gzipped([raw]), 1, GZIP)
    Canary(broker, registry, 0, "behind").arrives(gate)
    record = gate.in_quarantine(Shipment.TOPIC, 0, offset)
    assert record.reason == "too_large"
    assert record.sentence.startswith("it has 1,080,")


def test_a_record_of_more_headers_than_the_client_gives_is_forwarded_without(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    raw = valid(registry, "very-many-headers")._replace(headers=[(b"a", None)] * 670_000)
    append(broker, 0, record_batches.gzipped([raw]), 1, GZIP)
    Canary(broker, registry, 0, "behind").arrives(gate)
    gate.until(lambda: raw.value in accepted(broker, 0))


@pytest.mark.parametrize(
    ("codec", "count"), [(ZSTD, 1), (ZSTD, 2), (ZSTD, 7), (GZIP, 1), (UNKNOWN_CODEC, 3)]
)
def test_a_batch_that_cannot_be_unpacked_is_quarantined_by_its_coordinates(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate, codec: int, count: int
) -> None:
    partition = 1
    before = Canary(broker, registry, partition, "before")
    offset = append(broker, partition, b"not packed by that codec", count, codec)
    behind = Canary(broker, registry, partition, "behind")
    behind.arrives(gate)
    before.arrives(gate)
    gate.in_quarantine(Shipment.TOPIC, partition, offset + count - 1)
    in_quarantine = gate.quarantined()
    records = [
        record
        for (_, part, at), record in sorted(in_quarantine.items())
        if part == partition and at >= offset
    ]
    assert [record.source_offset for record in records] == list(range(offset, offset + count))
    for record in records:
        assert record.reason == "unreadable"
        assert f"offsets {offset} to {offset + count - 1}" in record.sentence
        assert (record.raw_key, record.raw_value, record.complete) == (None, None, False)


def test_of_a_batch_with_many_records_all_are_quarantined_a_part_in_each_turn(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarantine, turns = gate.gate._quarantine_batch, []

    def turn(part: UnreadableBatch) -> None:
        turns.append(part.end - part.first)
        quarantine(part)

    monkeypatch.setattr(gate.gate, "_quarantine_batch", turn)
    monkeypatch.setattr(service, "OFFSETS_A_TURN", 100)
    partition, count = 2, 1_001
    offset = append(broker, partition, b"not packed by that codec", count, ZSTD)
    Canary(broker, registry, partition, "behind many").arrives(gate)
    last = gate.in_quarantine(Shipment.TOPIC, partition, offset + count - 1)
    assert turns == [100] * 10 + [1]
    assert f"cannot read the offsets {offset} to {offset + count - 1}: " in last.sentence


@pytest.mark.parametrize("when", [10**17, -(10**17), 2**63 - 1])
def test_a_timestamp_that_no_calendar_has_is_quarantined(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate, when: int
) -> None:
    raw = valid(registry)._replace(value=valid(registry).value[:-1])  # type: ignore[index]
    sealed = record_batches.batch(record_batches.records([raw]), 1, when)
    offset = record_batches.send(broker.servers, Shipment.TOPIC, 2, sealed)
    Canary(broker, registry, 2, "behind").arrives(gate)
    record = gate.in_quarantine(Shipment.TOPIC, 2, offset)
    assert record.sent_at is None
    assert record.raw_value == raw.value


def test_half_of_a_surrogate_pair_in_a_schema_is_escaped(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    text = Shipment.SCHEMA.replace('"logicalType": "timestamp-millis"', '"logicalType": "\\ud800"')
    assert text != Shipment.SCHEMA
    strange = registry.id_of("any-value", text).to_bytes(4, "big")
    raw = valid(registry)
    assert raw.value
    raw = raw._replace(value=b"\0" + strange + raw.value[5:])
    offset = append(broker, 3, record_batches.records([raw]), 1)
    Canary(broker, registry, 3, "behind").arrives(gate)
    record = gate.in_quarantine(Shipment.TOPIC, 3, offset)
    assert record.reason == "foreign_schema"
    assert "\\ud800" in record.sentence


def test_what_the_gate_fails_to_judge_is_quarantined_whole(
    monkeypatch: pytest.MonkeyPatch, broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    validator = gate.gate._verdicts._validators[Shipment.TOPIC]
    judged = validator.judged
    raw = valid(registry, "a-bug-of-the-gate")

    def fails(key: Any, value: bytes, *others: Any) -> Any:
        if value == raw.value:
            raise ZeroDivisionError
        return judged(key, value, *others)

    monkeypatch.setattr(validator, "judged", fails)
    offset = append(broker, 0, record_batches.records([raw]), 1)
    Canary(broker, registry, 0, "behind").arrives(gate)
    record = gate.in_quarantine(Shipment.TOPIC, 0, offset)
    assert (record.reason, record.complete) == ("unreadable", True)
    assert "ZeroDivisionError" in record.sentence
    assert (record.raw_key, record.raw_value) == (raw.key, raw.value)


def test_the_gate_is_still_one_that_reads_other_topics(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate
) -> None:
    record, encoder = good(Transaction, datetime.now(UTC)), Encoder(registry.id_of)
    raw = RawRecord(encoder.value(record), encoder.key(record))
    sealed = record_batches.batch(record_batches.records([raw]), 1, int(time.time() * 1000))
    record_batches.send(broker.servers, Transaction.TOPIC, 0, sealed)
    topic = f"accepted-{Transaction.TOPIC}"
    gate.until(lambda: [m.value() for m in broker.everything(topic)] == [raw.value])
