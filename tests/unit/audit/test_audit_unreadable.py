"""The audit reads past what Kafka's client cannot unpack, and past headers of any name."""

import time
from datetime import UTC, datetime

import pytest

from audit.topic_records import read
from connect import record_consumer, registry
from connect.settings import Settings
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support import record_batches
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker
from tests.support.poisons import good
from tests.support.record_batches import NONE, ZSTD, RawRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.timeout(25)
def test_every_offset_is_received_with_a_record_or_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, fake = MockBroker(), FakeRegistry()
    encoder, record = Encoder(fake.id_of), good(Shipment, NOW)
    value = encoder.value(record)
    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_text", lambda _, schema_id: fake.text_of(schema_id))
    monkeypatch.setattr(record_consumer, "admin", lambda _: None)
    for data, count, codec in (
        (record_batches.records([RawRecord(value)]), 1, NONE),
        (b"not packed by zstd", 3, ZSTD),
        (record_batches.records([RawRecord(value, headers=[(b"\xff", b"")])]), 1, NONE),
        (
            record_batches.records(
                [RawRecord(value[5:], headers=[(b"__value_schema_id", value[:5])])]
            ),
            1,
            NONE,
        ),
    ):
        sealed = record_batches.batch(data, count, int(time.time() * 1000), codec)
        record_batches.send(broker.servers, Shipment.TOPIC, 0, sealed)
    received = list(read(Settings(kafka=broker.servers), [Shipment], {(Shipment.TOPIC, 0): 6}))
    assert [each.offset for each in received] == list(range(6))
    assert [each.record for each in received] == [record, None, None, None, None, record]
    assert all("Invalid compressed data" in each.reason for each in received[1:4])
    assert "not UTF-8" in received[4].reason
