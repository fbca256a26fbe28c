"""After a rebuild, rows that only a former state had are deleted, and no others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import Producer

import connect.registry
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from flink import former_rows
from gate.accepted_topics import accepted_topic
from schemas.generated import LedgerEntry, SalesByDay
from schemas.wire import Decoder, Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker
from tests.support.published_topic import Topic

START = datetime(2026, 3, 1, tzinfo=UTC)
ENTRY = LedgerEntry(
    event_id="sale",
    store_id="north",
    sku="milk",
    kind="sale",
    quantity=-1,
    occurred_at=START,
    recorded_at=START,
    source_topic="transactions",
    source_partition=0,
    source_offset=0,
)


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()
    monkeypatch.setattr(former_rows, "WRITTEN", [SalesByDay])
    use_registry(monkeypatch, topic.text_of)
    return topic


def use_registry(monkeypatch: pytest.MonkeyPatch, text_of: Callable[[int], str]) -> None:
    monkeypatch.setattr(connect.registry, "client", lambda *_: None)
    monkeypatch.setattr(connect.registry, "schema_text", lambda _, number: text_of(number))


def test_rows_of_every_topic_that_has_a_generation_are_looked_at() -> None:
    assert {each.TOPIC for each in former_rows.PUBLISHED} == {
        "inventory-levels",
        "open-orders",
        "open-transfers",
        "sales-by-day",
        "sales-per-minute",
    }


def test_rows_that_the_new_state_has_not_written_are_deleted(topic: Topic) -> None:
    topic.write(1, generation=1, version=5)
    topic.write(2, generation=1, version=3)
    topic.write(3, generation=1, version=1)
    topic.write(3, generation=1, version=1, delete=True)
    topic.write(2, generation=2, version=8)
    topic.write(4, generation=2, version=2)
    assert former_rows.delete(topic.settings, generation=2) == 1
    assert topic.rows() == {
        "2026-03-01": False,
        "2026-03-02": True,
        "2026-03-03": False,
        "2026-03-04": True,
    }


def test_a_row_that_the_job_writes_meanwhile_stays(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.write(1, generation=1, version=5)
    topic.write(2, generation=1, version=5)
    send = KafkaProducer.send
    new = iter([1, 2])

    def after_the_job(producer: Any, *arguments: Any, **more: Any) -> None:
        for version in new:
            topic.write(1, generation=2, version=version)
        send(producer, *arguments, **more)

    monkeypatch.setattr(KafkaProducer, "send", after_the_job)
    former_rows.delete(topic.settings, generation=2)
    assert topic.rows() == {"2026-03-01": True, "2026-03-02": False}


def test_a_row_of_a_generation_that_no_job_has_is_replaced_by_the_job_s_own(topic: Topic) -> None:
    """Readers take it for the newest of its key, so that they ignore what the job writes."""
    for day, version in [(1, 3), (2, 5), (2, 4)]:
        topic.write(day, generation=2, version=version)
    for day in (2, 3):
        topic.write(day, generation=2**63 - 1, version=1)
    assert former_rows.delete(topic.settings, generation=2) == 2
    days = {day: version for (*_, day), version in topic.seen_by_a_reader().items()}
    assert days == {"2026-03-01": (2, 3), "2026-03-02": (2, 5)}
    assert former_rows.delete(topic.settings, generation=2) == 0


def test_a_row_of_a_job_with_a_higher_generation_stays(topic: Topic) -> None:
    topic.write(1, generation=3, version=1)
    assert former_rows.delete(topic.settings, generation=2) == 0
    assert topic.rows() == {"2026-03-01": True}


@pytest.mark.parametrize(
    ("gate", "kept"), [("on", ["accepted-sales", "both"]), ("off", ["both", "sales"])]
)
def test_entries_from_topics_that_the_job_does_not_read_are_deleted(
    gate: str, kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate was off, and is on: what it refuses now no longer counts. Or the other way round."""
    registry = FakeRegistry()
    use_registry(monkeypatch, registry.text_of)
    monkeypatch.setattr(former_rows, "WRITTEN", [LedgerEntry])
    broker = MockBroker([LedgerEntry.TOPIC])
    settings = Settings(kafka=broker.servers, gate=gate)
    encoder, producer = Encoder(registry.id_of), Producer({"bootstrap.servers": broker.servers})
    accepted = accepted_topic("transactions")
    newest = accepted if gate == "on" else "transactions"
    for event_id, topic in [
        ("sales", "transactions"),
        ("accepted-sales", accepted),
        ("both", "transactions"),
        ("both", accepted),
        ("both", newest),
    ]:
        entry = replace(ENTRY, event_id=event_id, source_topic=topic)
        producer.produce(entry.TOPIC, encoder.value(entry), encoder.key(entry), partition=0)
    producer.flush()
    assert former_rows.delete(settings, generation=2) == 1
    last = {message.key(): message.value() for message in broker.everything(LedgerEntry.TOPIC)}
    decoder = Decoder(LedgerEntry, registry.text_of)
    assert sorted(decoder.value(bytes(row)).event_id for row in last.values() if row) == kept
    assert former_rows.delete(settings, generation=2) == 0
