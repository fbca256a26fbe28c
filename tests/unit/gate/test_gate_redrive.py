"""A redrive sends each record once, of more than the buffer holds, and of any age."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect import registry
from connect.errors import UserError
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from gate import redrive
from gate.coordinates import RecordCoordinates
from gate.redrive import Redriver
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord, Redrive, Shipment
from schemas.wire import Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker
from tests.support.late_ledger import Ledger, late, opened
from tests.support.page_database import filled
from tests.support.poisons import good
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


NOTHING: AbstractContextManager[object] = nullcontext()
INVALID = pytest.raises(UserError, match=r"still invalid \(too_late: recorded_at: ")


def test_a_redrive_that_another_one_overtakes_says_that_it_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, fake = MockBroker(), FakeRegistry()

    class Overtaken(KafkaProducer):
        def flush(self, *_: Any) -> int:
            raise SystemError from KafkaException(KafkaError(KafkaError._FENCED, "fenced"))

    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_id", lambda _, subject, text: fake.id_of(subject, text))
    monkeypatch.setattr(redrive, "KafkaProducer", Overtaken)
    monkeypatch.setattr(redrive, "read_quarantine", lambda *_: (Quarantine(), {}))
    redriver = Redriver(Settings(kafka=broker.servers))
    with pytest.raises(UserError, match=r"redriven \(fenced\): .* no other redrive runs"):
        redriver.redrive([], "Ada")


@pytest.mark.parametrize(
    ("has_ledger", "counted", "outcome"),
    [(True, None, NOTHING), (True, 0, NOTHING), (True, 1, INVALID), (False, None, INVALID)],
)
def test_a_record_that_came_too_late_is_redriven_at_any_age_with_a_read_model(
    monkeypatch: pytest.MonkeyPatch,
    has_ledger: bool,
    counted: int | None,
    outcome: AbstractContextManager[object],
) -> None:
    """counted: units by which the ledger's entry differs; None: there is none."""
    broker, fake, now = MockBroker(), FakeRegistry(), datetime.now(UTC)
    event: Any = good(Shipment, now - timedelta(days=4000))
    entries = [] if counted is None else [late(event, quantity=event.quantity + counted)]
    ledger = Ledger(*entries)
    opened(monkeypatch, ledger if has_ledger else None)
    coordinates = RecordCoordinates(Shipment.TOPIC, 0, 7)
    record = QuarantinedRecord(
        source_topic=Shipment.TOPIC,
        source_partition=0,
        source_offset=7,
        reason="too_late",
        sentence="why",
        quarantined_at=now.replace(microsecond=0),
        raw_value=Encoder(fake.id_of).value(event),
        complete=True,
    )
    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_id", lambda _, subject, text: fake.id_of(subject, text))
    monkeypatch.setattr(registry, "schema_text", lambda _, schema_id: fake.text_of(schema_id))
    content = Quarantine(), {coordinates: record}
    monkeypatch.setattr(redrive, "read_quarantine", lambda *_: content)
    with outcome:
        Redriver(Settings(kafka=broker.servers)).redrive([coordinates], "Ada")
    sent = [message.value() for message in broker.everything(Shipment.TOPIC)]
    assert sent == ([record.raw_value] if outcome is NOTHING else [])


def test_a_record_that_the_topic_has_lost_is_redriven_from_the_read_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A flood of other records has filled the topic."""
    broker, fake, now = MockBroker(), FakeRegistry(), utc_now()
    value = Encoder(fake.id_of).value(good(Shipment, now))
    record = QuarantinedRecord(
        source_topic=Shipment.TOPIC,
        source_partition=0,
        source_offset=7,
        reason="key",
        sentence="why",
        quarantined_at=now,
        raw_value=value,
        complete=True,
    )
    filled(tmp_path, [record]).dispose()
    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_id", lambda _, subject, text: fake.id_of(subject, text))
    monkeypatch.setattr(registry, "schema_text", lambda _, schema_id: fake.text_of(schema_id))
    monkeypatch.setattr(redrive, "read_quarantine", lambda *_: (Quarantine(), {}))
    settings = Settings(kafka=broker.servers, state=tmp_path)
    with pytest.raises(UserError, match="shipments/0/8 is not in quarantine"):
        Redriver(settings).redrive([RecordCoordinates(Shipment.TOPIC, 0, 8)], "Ada")
    (trace,) = Redriver(settings).redrive([RecordCoordinates(Shipment.TOPIC, 0, 7)], "Ada")
    assert trace.key() == record.key()
    assert [message.value() for message in broker.everything(Shipment.TOPIC)] == [value]


def test_a_record_is_redriven_once_and_so_is_one_of_a_topic_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, fake, now = MockBroker(), FakeRegistry(), utc_now()
    coordinates = RecordCoordinates(Shipment.TOPIC, 0, 7)
    record = QuarantinedRecord(
        source_topic=Shipment.TOPIC,
        source_partition=0,
        source_offset=7,
        reason="key",
        sentence="why",
        quarantined_at=now,
        raw_value=Encoder(fake.id_of).value(good(Shipment, now)),
        complete=True,
    )
    monkeypatch.setattr(registry, "client", lambda _: fake)
    monkeypatch.setattr(registry, "schema_id", lambda _, subject, text: fake.id_of(subject, text))
    monkeypatch.setattr(registry, "schema_text", lambda _, schema_id: fake.text_of(schema_id))
    content, records = Quarantine(), {coordinates: record}
    monkeypatch.setattr(redrive, "read_quarantine", lambda *_: (content, records))
    settings = Settings(kafka=broker.servers)
    for hours in (2, 1):
        sent_at = now - timedelta(hours=hours)
        records[coordinates] = replace(record, sent_at=sent_at)
        (trace,) = Redriver(settings).redrive([coordinates], "Ada")
        content.put(replace(trace, redriven_at=sent_at))
        with pytest.raises(UserError, match="shipments/0/7 was redriven before"):
            Redriver(settings).redrive([coordinates], "Ada")
    assert len(broker.everything(Shipment.TOPIC)) == 2
