"""While Kafka stores nothing, the gate keeps a bounded amount, and its loop goes on turning."""

import pytest

from gate import forwarder
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker, append, running_gate, sent
from tests.support.record_batches import RawRecord
from tests.support.slow_kafka import SlowKafka

RECORDS, BATCH = 2_500, 500
LIMIT = 100
"""Records that are sent before a flush, in this test."""
LARGEST_POLL = 1_000
TURNS = 3
SECONDS = 120
"""Time within which what is to happen has happened, also on a busy machine."""


def test_of_what_kafka_does_not_store_the_gate_takes_no_more_than_it_may_keep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry = MockBroker(), FakeRegistry()
    with running_gate(monkeypatch, broker, registry) as running:
        gate = running.gate
        value = sent(broker, Encoder(registry.id_of), "first", Shipment, 0)
        running.until(lambda: gate.accepted == 1, SECONDS)
        limit = LIMIT * (forwarder.RECORD_BYTES + len(value))
        monkeypatch.setattr(forwarder, "LARGEST_UNFLUSHED", limit)
        kafka = SlowKafka(gate._forwarder._producer)
        gate._forwarder._producer = kafka  # type: ignore[assignment]
        for _ in range(RECORDS // BATCH):
            append(broker, Shipment.TOPIC, 0, [RawRecord(value)] * BATCH)
        running.until(lambda: gate.accepted > LIMIT, SECONDS)
        flushes, turned = gate.flushes, kafka.flushes + TURNS
        running.until(lambda: kafka.flushes > turned, SECONDS)
        assert gate.accepted < LIMIT + LARGEST_POLL
        assert gate.unsent == gate.accepted - 1
        assert gate.flushes == flushes
        kafka.is_open = True
        running.until(lambda: gate.accepted == 1 + RECORDS and not gate.unsent, SECONDS)
        assert gate.flushes > flushes
    assert len(broker.everything(f"accepted-{Shipment.TOPIC}")) == 1 + RECORDS


def test_a_gate_that_may_keep_no_more_ends_when_it_is_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forwarder, "LARGEST_UNFLUSHED", 1)
    broker, registry = MockBroker(), FakeRegistry()
    with running_gate(monkeypatch, broker, registry) as running:
        running.gate._forwarder._producer = SlowKafka(running.gate._forwarder._producer)  # type: ignore[assignment]
        sent(broker, Encoder(registry.id_of), "first", Shipment, 0)
        running.until(lambda: running.gate.accepted == 1, SECONDS)
        running.stop()
        assert not running._thread.is_alive()
