"""The publisher counts acknowledgements, waits for a full queue, and reports every failure."""

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect import kafka, registry
from connect.errors import UserError
from connect.kafka_producer import KafkaProducer, producer_config
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from contracts import publisher as module
from contracts.publisher import Publisher
from schemas.generated import Product, Shipment
from schemas.violations import ContractViolationError

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
LOST = KafkaError(KafkaError._MSG_TIMED_OUT)


def shipment(number: int, quantity: int = 1) -> Shipment:
    return Shipment(
        event_id=f"e{number}",
        store_id="S1",
        sku="milk",
        quantity=quantity,
        occurred_at=NOW,
        recorded_at=NOW,
    )


def send_all(publisher: Publisher, count: int) -> None:
    with publisher:
        for number in range(count):
            publisher.send(shipment(number))


class Broker(KafkaProducer):
    """A producer without Kafka: it reports deliveries when it is polled."""

    def __init__(self, _: Settings, options: Mapping[str, Any]) -> None:  # opens no client
        self.options = options
        self.waiting: list[bytes] = []
        self.taken: list[bytes] = []
        self.headers: list[Any] = []
        self.room = 1_000_000
        self.lost: Callable[[int], bool] = lambda _: False
        self.error = LOST
        brokers.append(self)

    def produce(  # type: ignore[override]
        self, topic: str, value: bytes, key: bytes, headers: Any = None
    ) -> None:
        if topic == "products":
            raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
        if len(self.waiting) >= self.room:
            raise BufferError
        assert key
        self.waiting.append(value)
        self.headers.append(headers)

    def poll(self, _seconds: float) -> None:  # type: ignore[override]
        for value in self.waiting:
            lost = self.lost(len(self.taken))
            self.taken.append(value)
            message = SimpleNamespace(topic=lambda: "shipments")
            self.options["on_delivery"](self.error if lost else None, message)
        self.waiting.clear()

    def flush(self, seconds: float) -> int:  # type: ignore[override]
        self.poll(seconds)
        return 0


brokers: list[Broker] = []


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> tuple[Publisher, Broker]:
    topic = SimpleNamespace(partitions={0: None}, error=None)
    topics = SimpleNamespace(topics={"shipments": topic, "products": topic})
    admin = SimpleNamespace(list_topics=lambda **_: topics)
    monkeypatch.setattr(kafka, "admin", lambda _: admin)
    monkeypatch.setattr(registry, "client", lambda _: None)
    monkeypatch.setattr(registry, "schema_id", lambda *_: 7)
    monkeypatch.setattr(registry, "earlier_versions", lambda *_: [])
    monkeypatch.setattr(module, "KafkaProducer", Broker)
    publisher = Publisher(Settings(), [Shipment, Product])
    return publisher, brokers.pop()


def test_every_record_is_acknowledged_at_the_end(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    send_all(publisher, 1_234)
    assert publisher.account == "sent 1,234, acknowledged 1,234, failed 0"
    assert len(set(broker.taken)) == 1_234


def test_a_producer_is_idempotent_and_waits_for_all_replicas(
    opened: tuple[Publisher, Broker],
) -> None:
    _, broker = opened
    config = producer_config(Settings(), broker.options)
    assert config["enable.idempotence"] is True
    assert config["acks"] == "all"
    assert config["partitioner"] == "murmur2_random"


def test_headers_go_with_their_record_only(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    with publisher:
        publisher.send(shipment(1), [("booked-by", b"Ada")])
        publisher.send(shipment(2))
    assert broker.headers == [[("booked-by", b"Ada")], None]


def test_a_batch_of_valid_records_is_sent_as_each_of_them(
    opened: tuple[Publisher, Broker],
) -> None:
    publisher, broker = opened
    sent = [shipment(number) for number in range(1_234)]
    with publisher:
        publisher.send_valid(sent)
    batch = broker.taken.copy()
    for each in sent:
        publisher.send(each)
    publisher.poll()
    assert batch == broker.taken[1_234:]
    assert publisher.account == "sent 2,468, acknowledged 2,468, failed 0"


def test_a_full_queue_is_waited_for(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    broker.room = 7
    send_all(publisher, 100)
    assert len(broker.taken) == publisher.acknowledged == 100


def test_a_lost_record_ends_the_command(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    broker.lost = lambda number: number == 3
    with pytest.raises(UserError, match=r"did not acknowledge 1 of 10 records \(.*timed out"):
        send_all(publisher, 10)
    assert publisher.account == "sent 10, acknowledged 9, failed 1"


def test_a_missing_permission_names_the_topic_and_the_operation(
    opened: tuple[Publisher, Broker],
) -> None:
    publisher, broker = opened
    broker.lost = lambda _: True
    broker.error = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(UserError, match=r"\(shipments: .*permission Write on the topic"):
        send_all(publisher, 10)


def test_a_lost_record_is_noticed_while_sending(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    broker.lost = lambda _: True
    for number in range(499):
        publisher.send(shipment(number))
    with pytest.raises(UserError, match="did not acknowledge 500 of 500"):
        publisher.send(shipment(499))


def test_a_bad_record_is_the_callers_and_not_sent(opened: tuple[Publisher, Broker]) -> None:
    publisher, broker = opened
    with publisher:
        with pytest.raises(ContractViolationError, match="quantity"):
            publisher.send(shipment(1, quantity=0))
        publisher.send(shipment(2))
    assert len(broker.taken) == publisher.sent == 1


def test_what_was_sent_is_flushed_when_something_else_fails(
    opened: tuple[Publisher, Broker],
) -> None:
    publisher, broker = opened
    with suppress(ZeroDivisionError), publisher:
        publisher.send(shipment(1))
        raise ZeroDivisionError
    assert len(broker.taken) == publisher.acknowledged == 1


def test_a_topic_that_goes_away_is_one_sentence(opened: tuple[Publisher, Broker]) -> None:
    publisher, _ = opened
    product = Product(
        sku="milk",
        name="Milk",
        category="Dairy",
        unit_price=Decimal("1.19"),
        reorder_point=1,
        order_up_to=2,
        lead_time=1,
    )
    with pytest.raises(UserError, match=r"not accept a record for products \(.*[Uu]nknown topic"):
        publisher.send(product)


def test_a_missing_topic_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = SimpleNamespace(list_topics=lambda **_: SimpleNamespace(topics={}))
    monkeypatch.setattr(kafka, "admin", lambda _: admin)
    with pytest.raises(
        UserError, match=r"Topic shipments does not exist.*: create it with `make sc"
    ):
        Publisher(Settings(), [Shipment])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_is_the_default(number: int) -> None:
    before = signal.getsignal(number)
    with shutdown_flag() as stop:
        assert not stop()
        os.kill(os.getpid(), number)
        assert stop()
        assert signal.getsignal(number) is signal.SIG_DFL
    assert signal.getsignal(number) is before
