"""The audit of a real Kafka that lost records: exit code 3, unless a level is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from confluent_kafka import TopicPartition

from audit import offsets
from audit.delivery import Delivery
from connect import kafka
from contracts.publisher import Publisher
from gate.accepted_topics import accepted_topic
from schemas.generated import (
    EVENTS,
    InventoryLevel,
    LedgerEntry,
    QuarantinedRecord,
    Shipment,
    Transaction,
)
from schemas.record import Record
from schemas.wire import Decoder
from stack.runtime import Stack
from tests.support.audit_process import SINKS, audit
from tests.support.bookkeeping import books
from tests.support.gate_messages import Sender, everything, id_of, quarantined
from tests.support.gate_process import gate
from tests.support.kafka_with_contracts import kafka_with_contracts
from tests.support.patience import until

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


def events(first: int, number: int) -> list[Transaction | Shipment]:
    """Return a shipment and sales of one product."""
    now = datetime.now(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    common: dict[str, Any] = {
        "store_id": "north",
        "sku": "milk",
        "occurred_at": now,
        "recorded_at": now,
    }
    sales = [
        Transaction(
            event_id=f"sale-{n}",
            receipt_id="r",
            line_no=1,
            terminal_id="till",
            quantity=1,
            line_amount=Decimal("1.99"),
            currency="EUR",
            **common,
        )
        for n in range(first, first + number)
    ]
    return [Shipment(event_id=f"shipment-{first}", order_id=None, quantity=50, **common), *sales]


def publish(stack: Stack, records: list[Any]) -> None:
    with Publisher(stack.settings, [*EVENTS, *SINKS]) as publisher:
        for record in records:
            publisher.send(record)


def accepted(stack: Stack) -> list[Delivery]:
    """Return everything that the gate has forwarded."""
    messages = [
        (event, message)
        for event in EVENTS
        for message in everything(stack, accepted_topic(event.TOPIC))
    ]
    id_to_schema = {id_of(stack)(f"{event.TOPIC}-value", event.SCHEMA): event for event in EVENTS}
    decoders: dict[Any, Decoder[Any]] = {
        event: Decoder(event, lambda schema_id: id_to_schema[schema_id].SCHEMA) for event in EVENTS
    }
    return [
        Delivery(
            decoders[event].value(bytes(message.value() or b"")),
            int(message.partition() or 0),
            int(message.offset() or 0),
        )
        for event, message in messages
    ]


def published_for(deliveries: list[Delivery]) -> list[Record]:
    """Return what a faultless job publishes for accepted records."""
    return [
        replace(record, source_topic=accepted_topic(record.source_topic))
        if isinstance(record, LedgerEntry)
        else record
        for record in books(deliveries)
    ]


def delete_records(stack: Stack, record_type: type[Record]) -> None:
    admin = kafka.admin(stack.settings)
    ends = offsets.end_offsets(admin, offsets.partitions(admin, [record_type]))
    deleted = admin.delete_records(
        [TopicPartition(*each, end) for each, end in ends.items() if end]
    )
    for result in deleted.values():
        result.result(30)


def forward(stack: Stack, records: list[Any], expected: int) -> None:
    """Send events and wait until the gate has accepted them."""
    publish(stack, records)
    with gate(stack):
        until(lambda: len(accepted(stack)) >= expected)
    publish(stack, published_for(accepted(stack)))


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with kafka_with_contracts() as there:
        forward(there, events(0, 5), 6)
        yield there


def test_an_expired_entry_of_the_quarantine_makes_nothing_untrue(stack: Stack) -> None:
    sender = Sender(stack)
    sender.send("bad", "shipments", None, b"no record")
    sender.flush()
    with gate(stack):
        until(lambda: bool(quarantined(stack)))
    assert "All is true" in audit(stack, "--settle", "0", code=0)
    delete_records(stack, QuarantinedRecord)
    output = audit(stack, "--settle", "0", code=3)
    assert "1 records are neither in the ledger nor in the quarantine" in output
    assert "All that can be recounted is true" in output


def test_a_topic_made_anew_makes_nothing_untrue_and_excuses_no_wrong_level(stack: Stack) -> None:
    before = accepted(stack)
    admin = kafka.admin(stack.settings)
    for result in admin.delete_topics([Transaction.TOPIC]).values():
        result.result(30)
    until(lambda: Transaction.TOPIC not in admin.list_topics(timeout=10).topics)
    done = stack.run("contracts", "apply")
    assert done.returncode == 0, done.stderr
    assert "before now, as its earlier records are gone; 5 ledger" in audit(
        stack, "--settle", "0", code=3
    )
    publish(stack, [event for event in events(100, 3) if isinstance(event, Transaction)])
    sender = Sender(stack)
    for number, message in enumerate(everything(stack, Transaction.TOPIC)):
        topic, partition = accepted_topic(Transaction.TOPIC), message.partition()
        sender.send(number, topic, message.key(), message.value(), partition=partition)
    sender.flush()
    assert len(accepted(stack)) == len(before) + 3
    right = published_for(accepted(stack))
    publish(stack, right)
    output = audit(stack, "--settle", "0", code=3)
    assert "5 ledger entries come from them" in output
    (level,) = [record for record in right if isinstance(record, InventoryLevel)]
    publish(stack, [replace(level, on_hand=level.on_hand + 1)])
    assert "on_hand is" in audit(stack, "--settle", "0", code=1)
    publish(stack, [level])
    audit(stack, "--settle", "0", code=3)


def test_a_partition_without_its_beginning_makes_nothing_untrue(stack: Stack) -> None:
    delete_records(stack, Shipment)
    output = audit(stack, "--settle", "0", code=3)
    assert "shipments (partition" in output
    assert "1 ledger entries come from them" in output
