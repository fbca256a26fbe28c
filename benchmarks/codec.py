"""Records to bytes and back, beside confluent-kafka's AvroSerializer and AvroDeserializer.

Run: python -m benchmarks.codec
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.generated import Transaction
from schemas.wire import Decoder, Encoder

RECORDS = 20_000
ROUNDS = 7


def sales() -> list[Transaction]:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return [
        Transaction(
            event_id=f"north-{number}",
            receipt_id=f"receipt-{number // 5}",
            line_no=number % 5 + 1,
            store_id="north",
            terminal_id="till-3",
            sku=f"{number % 240:08}",
            quantity=1 + number % 3,
            line_amount=Decimal(number % 5000).scaleb(-2),
            unit_price=Decimal("1.99"),
            currency="EUR",
            occurred_at=at,
            recorded_at=at,
        )
        for number in range(RECORDS)
    ]


def best(run: Callable[[], object]) -> float:
    """Microseconds a record, the best of some rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times) / RECORDS * 1e6


def main() -> None:
    records = sales()
    registry = SchemaRegistryClient.new_client({"url": "mock://codec"})
    serializer = AvroSerializer(
        registry,
        Transaction.SCHEMA,
        lambda record, _: record.to_dict(),
        {"subject.name.strategy": lambda ctx, _: f"{ctx.topic}-value"},
    )
    deserializer = AvroDeserializer(
        registry,
        Transaction.SCHEMA,
        lambda values, _: Transaction.from_dict(values),
        conf={"subject.name.strategy": lambda ctx, _: f"{ctx.topic}-value"},
    )
    context = SerializationContext(Transaction.TOPIC, MessageField.VALUE)
    data: list[Any] = [serializer(record, context) for record in records]
    schema_id = int.from_bytes(data[0][1:5], "big")
    encoder = Encoder(lambda *_: schema_id)
    decoder = Decoder(Transaction, lambda _: Transaction.SCHEMA)
    assert [encoder.value(record) for record in records] == data
    assert [decoder.value(message) for message in data] == records
    figures = {
        "encode": (
            best(lambda: [encoder.value(record) for record in records]),
            best(lambda: [serializer(record, context) for record in records]),
        ),
        "decode": (
            best(lambda: [decoder.value(message) for message in data]),
            best(lambda: [deserializer(message, context) for message in data]),
        ),
    }
    for what, (ours, reference) in figures.items():
        print(
            f"{what}: {ours:.1f} us a record, reference {reference:.1f} us, "
            f"{reference / ours:.2f} times as fast"
        )


if __name__ == "__main__":
    main()
