"""A refusal by Kafka is handled before an offset may be committed, and nothing is lost with it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from confluent_kafka import KafkaError, Message

from connect.errors import UserError
from connect.kafka_producer import RecordRefusedError
from connect.settings import Settings
from gate import forwarder as module
from gate.forwarder import Forwarder
from gate.reasons import Reason, Refusal
from gate.verdict import Forward
from schemas.generated import QuarantinedRecord
from schemas.wire import Decoder, Encoder
from tests.support.gate_judges import REGISTRY, FakeMessage

TOO_LARGE = KafkaError(KafkaError.MSG_SIZE_TOO_LARGE)
FORBIDDEN = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
REFUSAL = Refusal(Reason.MAGIC, "why")
DECODER = Decoder(QuarantinedRecord, REGISTRY.text_of)


class Broker:
    """A producer without Kafka: batches go out at a flush, and whole batches are refused."""

    def __init__(self) -> None:
        self.takes: Callable[[str, list[bytes]], bool] = lambda *_: True
        self.error = TOO_LARGE
        self.at_once = False
        self.taken: defaultdict[str, list[bytes]] = defaultdict(list)
        self.report: Any = None
        """Callback of the messages without one of their own."""
        self._batches: defaultdict[str, list[tuple[Any, Any]]] = defaultdict(list)

    def send(self, topic: str, value: bytes, key: Any, on_delivery: Any = None, **_: Any) -> None:
        if self.at_once and not self.takes(topic, [value]):
            raise RecordRefusedError(topic, self.error)
        message = FakeMessage(topic, key, value)
        self._batches[topic].append((message, on_delivery or self.report))

    def poll(self, _: float) -> None:
        pass

    def flush(self, _: float) -> int:
        batches, self._batches = self._batches, defaultdict(list)
        for topic, batch in batches.items():
            values = [message.value() for message, _ in batch]
            if self.takes(topic, values):
                self.taken[topic] += values
                continue
            for message, report in batch:
                report(self.error, message)
        return 0

    def quarantined(self) -> list[QuarantinedRecord]:
        return [DECODER.value(value) for value in self.taken[QuarantinedRecord.TOPIC]]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()

    def opened(_: Settings, options: Mapping[str, Any]) -> Broker:
        made.report = options["on_delivery"]
        return made

    monkeypatch.setattr(module, "KafkaProducer", opened)
    return made


def forward(values: list[bytes]) -> tuple[Forwarder, list[tuple[bytes, str]]]:
    """Accept messages; return the forwarder, and a list of the refused values."""
    refused: list[tuple[bytes, str]] = []

    def note(message: Message, reason: str) -> None:
        refused.append((message.value() or b"", reason))

    forwarder = Forwarder(Settings(), Encoder(REGISTRY.id_of), note)
    for value in values:
        message: Any = FakeMessage("shipments", b"key", value)
        forwarder.accept(message, Forward(b"key", value, None), "accepted")
    return forwarder, refused


@pytest.mark.parametrize("at_once", [True, False])
def test_a_record_that_its_topic_does_not_take_is_refused_alone(
    broker: Broker, at_once: bool
) -> None:
    broker.at_once = at_once
    broker.takes = lambda topic, values: topic != "accepted" or sum(map(len, values)) < 7
    forwarder, refused = forward([b"one", b"two", b"much too large", b"four"])
    assert forwarder.flush(1)
    assert [value for value, _ in refused] == [b"much too large"]
    assert "too large" in refused[0][1]
    assert broker.taken["accepted"] == [b"one", b"two", b"four"]


def test_each_of_equal_records_is_refused_once(broker: Broker) -> None:
    broker.takes = lambda topic, _: topic != "accepted"
    forwarder, refused = forward([b"same", b"other", b"same"])
    assert forwarder.flush(1)
    assert sorted(value for value, _ in refused) == [b"other", b"same", b"same"]
    assert forwarder.flush(1)
    assert len(refused) == 3


def test_an_error_that_is_not_the_record_s_ends_the_gate(broker: Broker) -> None:
    broker.error, broker.takes = FORBIDDEN, lambda *_: False
    forwarder, refused = forward([b"one"])
    with pytest.raises(UserError, match="may write to it"):
        forwarder.flush(1)
    assert not refused


def test_of_what_the_quarantine_does_not_take_the_coordinates_are_kept(broker: Broker) -> None:
    broker.takes = lambda _, values: sum(map(len, values)) < 1000
    forwarder, _ = forward([])
    message: Any = FakeMessage("shipments", b"key", bytes(2000))
    forwarder.quarantine(message, REFUSAL)
    assert forwarder.flush(1)
    (record,) = broker.quarantined()
    assert (record.key(), record.reason) == (("shipments", 3, 2**40), "magic")
    assert (record.raw_key, record.raw_value, record.complete) == (None, None, False)


def test_a_quarantine_that_takes_nothing_ends_the_gate(broker: Broker) -> None:
    broker.takes = lambda *_: False
    forwarder, _ = forward([])
    message: Any = FakeMessage("shipments", b"key", b"value")
    forwarder.quarantine(message, REFUSAL)
    with pytest.raises(UserError, match="quarantine"):
        forwarder.flush(1)
    assert not broker.quarantined()
