"""A gate between the client's own mock of a broker, which stores any bytes, and a fake registry."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition

import connect.registry
from connect.settings import Settings
from gate import accepted_topics, message_verdict
from gate.schema_cache import SchemaCache
from gate.service import Gate
from schemas.generated import EVENTS, QuarantinedRecord
from schemas.record import Record
from schemas.wire import Decoder, Encoder
from tests.support import record_batches
from tests.support.poisons import good
from tests.support.record_batches import RawRecord

DEFAULTS = Settings()
PARTITIONS = 4
"""Partitions of every topic of the mock."""
GATE_TOPICS = [
    QuarantinedRecord.TOPIC,
    *(prefix + event.TOPIC for event in EVENTS for prefix in ("", "accepted-")),
]


class MockBroker:
    """A broker in this process; its topics exist once they are named."""

    def __init__(self, topics: Iterable[str] = GATE_TOPICS) -> None:
        self._owner = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        for topic in topics:
            (broker,) = self._owner.list_topics(topic, timeout=10).brokers.values()
        self.servers = f"{broker.host}:{broker.port}"

    def everything(self, topic: str) -> list[Message]:
        """Read every message that a topic has now."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.servers,
                "group.id": "tests",
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 10,
                "log_level": 0,
            }
        )
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(PARTITIONS)])
        messages: list[Message] = []
        ends = 0
        while ends < PARTITIONS:
            message = consumer.poll(30)
            assert message is not None, "the mock does not answer"
            if message.error() is None:
                messages.append(message)
            else:
                ends += 1
        consumer.close()
        return messages


class RunningGate:
    """A gate that runs in a thread."""

    def __init__(self, broker: MockBroker, registry: Any, settings: Settings) -> None:
        self.settings = replace(settings, kafka=broker.servers)
        self.gate = Gate(self.settings, "gate-1")
        self.error: BaseException | None = None
        self._decoder = Decoder(QuarantinedRecord, registry.text_of)
        self._broker = broker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.gate.run(self._stop.is_set, lambda: None)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            self.error = error
        finally:
            self.gate.close()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)

    def in_quarantine(self, topic: str, partition: int, offset: int) -> QuarantinedRecord:
        """Wait until a record is quarantined."""
        coordinates = (topic, partition, offset)
        self.until(lambda: coordinates in self.quarantined())
        return self.quarantined()[coordinates]

    def quarantined(self) -> dict[tuple[str, int, int], QuarantinedRecord]:
        messages = self._broker.everything(QuarantinedRecord.TOPIC)
        records = [self._decoder.value(message.value() or b"") for message in messages]
        return {record.key(): record for record in records}

    def until(self, well: Callable[[], Any], seconds: float = 20) -> None:
        """Wait until `well` returns something true; raise what has ended the gate."""
        end = time.monotonic() + seconds
        while not well():
            if self.error is not None:
                raise self.error
            assert time.monotonic() < end, f"not true within {seconds} s"
            time.sleep(0.05)


@contextmanager
def running_gate(
    monkeypatch: pytest.MonkeyPatch,
    broker: MockBroker,
    registry: Any,
    fetch: Callable[[int], str] | None = None,
    settings: Settings = DEFAULTS,
) -> Iterator[RunningGate]:
    """Run a gate. fetch: answers its questions for schemas; default: the registry does."""
    monkeypatch.setattr(accepted_topics, "create_missing", lambda *_: [])
    monkeypatch.setattr(connect.registry, "client", lambda *_: registry)
    monkeypatch.setattr(
        connect.registry, "schema_id", lambda _, subject, text: registry.id_of(subject, text)
    )
    caches: Any = SchemaCache(fetch or registry.text_of), SchemaCache(registry.id_of_guid)
    monkeypatch.setattr(message_verdict, "open_caches", lambda _: caches)
    running = RunningGate(broker, registry, settings)
    try:
        yield running
    finally:
        running.stop()
    if running.error is not None:
        raise running.error


def sent(
    broker: MockBroker, encoder: Encoder, name: str, record_type: type[Record], partition: int
) -> bytes:
    """Append one valid record, and return its value."""
    record = good(record_type, datetime.now(UTC), name)
    raw = RawRecord(encoder.value(record), encoder.key(record))
    append(broker, record_type.TOPIC, partition, [raw])
    assert raw.value
    return raw.value


def append(broker: MockBroker, topic: str, partition: int, raw: list[RawRecord]) -> None:
    data = record_batches.records(raw)
    sealed = record_batches.batch(data, len(raw), int(time.time() * 1000))
    record_batches.send(broker.servers, topic, partition, sealed)
