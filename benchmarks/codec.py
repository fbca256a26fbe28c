"""Microseconds to encode and to decode a record, beside fastavro and confluent-kafka.

Takes 15 seconds.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import click
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from schemas.generated import Transaction
from schemas.wire import HEADER, Decoder, Encoder

RECORDS = 20_000
ROUNDS = 9
Run = Callable[[], object]


def sales() -> list[Transaction]:
    """Make the records to encode."""
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


def best(runs: dict[str, Run]) -> dict[str, float]:
    """Measure microseconds a record: the best of some rounds, in which all runs take turns."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: min(each) / RECORDS * 1e6 for name, each in times.items()}


def fastavro_encoder(schema: str) -> Callable[[dict[str, Any]], bytes]:
    """Return a function that encodes fields by name with fastavro."""
    parsed = parse_schema(json.loads(schema))

    def encode(values: dict[str, Any]) -> bytes:
        target = BytesIO()
        schemaless_writer(target, parsed, values)
        return target.getvalue()

    return encode


def confluent(records: list[Transaction]) -> tuple[list[Any], Run, Run]:
    """Return the messages of confluent-kafka's serializer, and its two runs."""
    registry = SchemaRegistryClient.new_client({"url": "mock://codec"})
    strategy = {"subject.name.strategy": lambda ctx, _: f"{ctx.topic}-value"}
    serializer = AvroSerializer(
        registry, Transaction.SCHEMA, lambda record, _: record.to_dict(), strategy
    )
    deserializer = AvroDeserializer(
        registry,
        Transaction.SCHEMA,
        lambda values, _: Transaction.from_dict(values),
        conf=strategy,
    )
    context = SerializationContext(Transaction.TOPIC, MessageField.VALUE)
    messages: list[Any] = [serializer(record, context) for record in records]
    return (
        messages,
        lambda: [serializer(record, context) for record in records],
        lambda: [deserializer(message, context) for message in messages],
    )


@click.command(help=__doc__)
def main() -> None:
    records = sales()
    messages, serialize, deserialize = confluent(records)
    encoder = Encoder(lambda *_: int.from_bytes(messages[0][1:5], "big"))
    decoder = Decoder(Transaction, lambda _: Transaction.SCHEMA)
    value_of = fastavro_encoder(Transaction.SCHEMA)
    key_of = fastavro_encoder(Transaction.KEY_SCHEMA)
    parsed = parse_schema(json.loads(Transaction.SCHEMA))
    bodies = [message[HEADER.size :] for message in messages]

    def read(body: bytes) -> Transaction:
        return Transaction.from_dict(schemaless_reader(BytesIO(body), parsed, None))  # type: ignore[arg-type]

    def fastavro_key(record: Transaction) -> bytes:
        return key_of(dict(zip(record.KEY, record.key(), strict=True)))

    assert [encoder.value(record) for record in records] == messages
    assert [value_of(record.to_dict()) for record in records] == bodies
    assert list(map(fastavro_key, records)) == [record.key_to_avro() for record in records]
    assert [decoder.value(message) for message in messages] == records == list(map(read, bodies))
    figures: dict[str, dict[str, Run]] = {
        "value to bytes, not validated": {
            "ours": lambda: [record.to_avro() for record in records],
            "fastavro": lambda: [value_of(record.to_dict()) for record in records],
        },
        "key to bytes": {
            "ours": lambda: [record.key_to_avro() for record in records],
            "fastavro": lambda: list(map(fastavro_key, records)),
        },
        "value to message, validated": {
            "ours": lambda: [encoder.value(record) for record in records],
            "AvroSerializer (not validated)": serialize,
        },
        "message to record": {
            "ours": lambda: [decoder.value(message) for message in messages],
            "fastavro": lambda: list(map(read, bodies)),
            "AvroDeserializer": deserialize,
        },
    }
    for title, runs in figures.items():
        measured = best(runs)
        print(title)
        for name, micros in measured.items():
            times = micros / measured["ours"]
            print(f"  {name:32} {micros:6.2f} us a record, {times:.2f} times ours")


if __name__ == "__main__":
    main()
