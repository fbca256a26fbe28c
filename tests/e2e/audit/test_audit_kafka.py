"""`python -m audit` on a real Kafka and registry: its output and its exit code."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from audit.delivery import Delivery
from connect import registry
from contracts.publisher import Publisher
from schemas.generated import (
    EVENTS,
    Adjustment,
    AnyEvent,
    InventoryLevel,
    LedgerEntry,
    ReplenishmentOrder,
)
from schemas.record import Record
from schemas.wire import Decoder
from stack.runtime import Stack
from tests.support.audit_examples import START
from tests.support.audit_process import SINKS, audit
from tests.support.audited_day import COUNT, LEG, OPENING, SALE
from tests.support.bookkeeping import books

pytestmark = pytest.mark.slow
ORDER = ReplenishmentOrder(
    event_id="order-event-1",
    order_id="order-1",
    store_id="north",
    sku="milk",
    status="placed",
    quantity=9,
    expected_at=START + timedelta(days=2),
    occurred_at=START,
    recorded_at=START,
)
DAMAGED = Adjustment(
    event_id="adjustment-1",
    store_id="north",
    sku="milk",
    quantity=-1,
    reason="damage",
    occurred_at=START + timedelta(minutes=5),
    recorded_at=START,
)
ARRIVALS: list[AnyEvent] = [
    replace(OPENING, order_id="order-1"),
    COUNT,
    SALE,
    SALE,
    LEG,
    replace(LEG, event_id="leg-2", phase="received"),
    DAMAGED,
    ORDER,
]


def publish(stack: Stack, records: Sequence[Record]) -> None:
    with Publisher(stack.settings, [*EVENTS, *SINKS]) as publisher:
        for record in records:
            publisher.send(record)


def event_records(stack: Stack) -> list[Delivery]:
    """Return all records of the event topics."""
    schemas = registry.client(stack.settings)
    decoders: dict[str, Decoder[Any]] = {
        record_type.TOPIC: Decoder(
            record_type, lambda number: registry.schema_text(schemas, number)
        )
        for record_type in EVENTS
    }
    consumer = Consumer({"bootstrap.servers": stack.settings.kafka_servers, "group.id": "test"})
    places = [
        TopicPartition(topic, partition, 0)
        for topic in decoders
        for partition in consumer.list_topics(topic).topics[topic].partitions
    ]
    count = sum(consumer.get_watermark_offsets(place)[1] for place in places)
    consumer.assign(places)
    deliveries: list[Delivery] = []
    while len(deliveries) < count:
        message = consumer.poll(30)
        assert message is not None
        topic, value = message.topic(), message.value()
        assert topic is not None
        assert value is not None
        event = decoders[topic].value(bytes(value))
        deliveries.append(
            Delivery(event, int(message.partition() or 0), int(message.offset() or 0))
        )
    consumer.close()
    return deliveries


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A broker with events and everything that a faultless job publishes for them."""
    with Stack.on_free_ports(["registry", "kafka"], gate="off") as there:
        assert "Topic adjustments does not exist" in audit(there, code=2)
        done = there.run("contracts", "apply")
        assert done.returncode == 0, done.stderr
        publish(there, ARRIVALS)
        publish(there, books(event_records(there)))
        yield there


def test_correct_records_balance_and_the_exit_code_is_0(stack: Stack) -> None:
    output = audit(stack, code=0)
    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.strip()}
    assert rows["transactions"] == ["2", "1", "1", "0", "0", "0", "1"]
    assert rows["transfers"] == ["2", "2", "0", "0", "0", "0", "2"]
    assert rows["replenishment-orders"] == ["1", "1", "0", "0", "0", "0", "0"]
    assert rows["stock-ledger"] == ["6", "0", "0"]
    assert rows["inventory-levels"] == ["2", "0", "0"]
    assert "All is true" in output


def test_a_corrupted_level_is_named_and_the_exit_code_is_1(stack: Stack) -> None:
    right = books(event_records(stack))
    level: Any = next(r for r in right if isinstance(r, InventoryLevel) and r.store_id == "south")
    publish(stack, [replace(level, on_hand=level.on_hand + 1)])
    output = audit(stack, "--settle", "0", code=1)
    assert "inventory-levels (south, milk): on_hand is 5, expected 4" in output
    assert "Not true: 2 differences." in output
    publish(stack, [level])
    audit(stack, "--settle", "0", code=0)


def test_a_corrupted_ledger_entry_is_named_and_the_exit_code_is_1(stack: Stack) -> None:
    right = books(event_records(stack))
    entry: Any = next(r for r in right if isinstance(r, LedgerEntry) and r.kind == "sale")
    publish(stack, [replace(entry, quantity=-1)])
    output = audit(stack, "--settle", "0", code=1)
    assert "stock-ledger (sale-1): quantity is -1, expected -2; store north, SKU milk" in output
    publish(stack, [entry])
    audit(stack, "--settle", "0", code=0)


def test_no_broker_is_one_sentence_and_exit_code_2(stack: Stack) -> None:
    nowhere = {"INVENTORY_KAFKA": "127.0.0.1:1"}
    ended = subprocess.run(
        [sys.executable, "-m", "audit"],
        env=stack.environment() | nowhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "No Kafka broker answers at 127.0.0.1:1" in ended.stderr
    assert "Traceback" not in ended.stderr


# Last: a record in an event topic stays there.
def test_a_record_that_cannot_be_decoded_is_named_and_nothing_balances(stack: Stack) -> None:
    producer = Producer({"bootstrap.servers": stack.settings.kafka_servers})
    producer.produce("shipments", b"not avro at all", partition=3)
    producer.flush(30)
    output = audit(stack, "--settle", "0", code=1)
    assert "shipments (partition 3, offset" in output
    assert "cannot be decoded: the first byte is 110, not 0" in output
    assert "the accounts of shipments do not balance" in output
