"""A redrive of more records than the producer's buffer holds sends each of them once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connect import registry
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from gate import redrive
from gate.coordinates import RecordCoordinates
from gate.redrive import Redriver
from schemas.generated import QuarantinedRecord, Redrive, Shipment
from schemas.wire import Encoder
from tests.support.gate_on_mock import MockBroker
from tests.support.poisons import good
from tests.unit.gate.test_gate_verdict import FakeRegistry
from views.quarantine import Quarantine

RECORDS = 300
BUFFER = 10


def test_a_redrive_waits_while_the_buffer_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    broker, fake, now = MockBroker(), FakeRegistry(), datetime.now(UTC)
    encoder = Encoder(fake.id_of)
    full = 0

    class Small(KafkaProducer):
        def __init__(self, settings: Settings, options: Any) -> None:
            super().__init__(settings, {**options, "queue.buffering.max.messages": BUFFER})

        def produce(self, *arguments: Any, **named: Any) -> None:
            nonlocal full
            try:
                super().produce(*arguments, **named)
            except BufferError:
                full += 1
                raise

    records = {}
    for offset in range(RECORDS):
        record = good(Shipment, now, f"e{offset}")
        coordinates = RecordCoordinates(Shipment.TOPIC, 0, offset)
        records[coordinates] = QuarantinedRecord(
            source_topic=Shipment.TOPIC,
            source_partition=0,
            source_offset=offset,
            reason="key",
            sentence="why",
            quarantined_at=now.replace(microsecond=0),
            raw_value=encoder.value(record),
            complete=True,
        )
    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_id", lambda _, subject, text: fake.id_of(subject, text))
    monkeypatch.setattr(registry, "schema_text", lambda _, schema_id: fake.text_of(schema_id))
    monkeypatch.setattr(redrive, "KafkaProducer", Small)
    monkeypatch.setattr(redrive, "read_quarantine", lambda *_: (Quarantine(), records))
    traces = Redriver(Settings(kafka=broker.servers)).redrive(records, "Ada")
    assert len(traces) == RECORDS
    assert full
    sent = broker.everything(Shipment.TOPIC)
    assert sorted(str(m.value()) for m in sent) == sorted(
        str(record.raw_value) for record in records.values()
    )
    assert {m.key() for m in sent} == {encoder.key(good(Shipment, now))}
    assert len(broker.everything(Redrive.TOPIC)) == RECORDS
