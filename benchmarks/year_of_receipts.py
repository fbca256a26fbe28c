"""Lines a second of a year of a grocer's receipts through the job, and levels that are wrong.

The reference, in the same run, is one Python process that consumes the same topic with fastavro,
a set and a dict, and publishes nothing. Also printed: CPU seconds of the job, MB of each service.

Takes 5 to 10 minutes.
"""

import json
import time
from collections import defaultdict
from io import BytesIO

import click
import psutil
import pyarrow.parquet as pq
from confluent_kafka import Consumer, KafkaError
from fastavro import parse_schema, schemaless_reader

from benchmarks.pipeline import cpu_seconds, megabytes, pipeline, records, run
from connect.settings import Settings
from producers.replay.completejourney import transactions
from schemas.generated import InventoryLevel, Transaction
from views.reader import TopicReader
from views.table import Table

LINES = 1_469_307
SILENCE = 90
"""Seconds without a new level before the benchmark fails."""
Key = tuple[str, str]
Sums = dict[Key, int]


def expected(settings: Settings) -> tuple[Sums, dict[Key, int]]:
    """Read (net units sold, lines) of every (store, product) from the file."""
    table = pq.read_table(
        str(transactions(settings)), columns=["store_id", "product_id", "quantity"]
    )
    units: Sums = defaultdict(int)
    lines: dict[Key, int] = defaultdict(int)
    for store, product, quantity in zip(*(c.to_pylist() for c in table.columns), strict=True):
        units[str(store), str(product)] += int(quantity)
        lines[str(store), str(product)] += 1
    return units, lines


def reference(settings: Settings) -> tuple[Sums, float]:
    """Measure a plain Python consumer: (net units sold, seconds)."""
    schema = parse_schema(json.loads(Transaction.SCHEMA))
    total = records(settings, Transaction.TOPIC)
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": "reference",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    consumer.subscribe([Transaction.TOPIC])
    seen: set[str] = set()
    units: Sums = defaultdict(int)
    read, start = 0, 0.0
    while read < total:
        for message in consumer.consume(10_000, 1.0):
            error = message.error()
            if error is not None:
                assert error.code() == KafkaError._PARTITION_EOF, error
                continue
            start = start or time.monotonic()
            read += 1
            value = message.value()
            assert value is not None
            sale = schemaless_reader(BytesIO(bytes(value)[5:]), schema, None)
            assert isinstance(sale, dict)
            if sale["event_id"] not in seen:
                seen.add(sale["event_id"])
                units[sale["store_id"], sale["sku"]] += sale["quantity"]
    consumer.close()
    return units, time.monotonic() - start


def wait_for_levels(settings: Settings, lines: int) -> float:
    """Measure the seconds from the first level until the levels cover a number of lines."""
    reader = TopicReader(settings, [InventoryLevel])
    table: Table[InventoryLevel] = Table()
    start, covered, last = 0.0, 0, time.monotonic()
    while covered < lines:
        if time.monotonic() - last > SILENCE:
            raise SystemExit(
                f"No level for {SILENCE} s: they cover {covered:,} of {lines:,} lines."
            )
        for record in reader.read(20_000, 0.2):
            assert isinstance(record, InventoryLevel)
            last = time.monotonic()
            start = start or last
            before = table.get(*record.key())
            if table.put(record):
                covered += record.version - (before.version if before else 0)
    reader.close()
    return time.monotonic() - start


def published_levels(settings: Settings) -> Table[InventoryLevel]:
    """Read the newest level of each shelf."""
    reader = TopicReader(settings, [InventoryLevel])
    table: Table[InventoryLevel] = Table()
    while not reader.caught_up:
        for record in reader.read(10_000, 1.0):
            assert isinstance(record, InventoryLevel)
            table.put(record)
    reader.close()
    return table


def compare(settings: Settings, units: Sums, lines: dict[Key, int]) -> tuple[int, int, int]:
    """Compare the published levels with the expected ones: (keys, wrong, missing)."""
    table = published_levels(settings)
    wrong = missing = 0
    for key, sold in units.items():
        level = table.get(*key)
        if level is None:
            missing += 1
        elif (level.on_hand, level.version) != (-sold, lines[key]):
            wrong += 1
    return len(table), wrong + len(table.keys() - units.keys()), missing


@click.command(help=__doc__)
def main() -> None:
    with pipeline() as stack:
        settings = stack.settings
        units, lines = expected(settings)
        run(stack, "producers", "completejourney")
        summed, alone = reference(settings)
        assert summed == units, "the reference is wrong"
        print(f"one Python process: {alone:.1f} s, {LINES / alone:,.0f} lines a second", flush=True)
        stack.start("job")
        stack.wait("job")
        taken = wait_for_levels(settings, LINES)
        print(
            f"job, first to last level: {taken:.1f} s, {LINES / taken:,.0f} lines a second, "
            f"{taken / alone:.2f} times as long; {cpu_seconds(stack, 'job'):.0f} CPU seconds"
        )
        for name in stack.names:
            used = megabytes(psutil.Process(stack.pid(name)))
            print(f"memory of {name}: {used:,.0f} MB")
        keys, wrong, missing = compare(settings, units, lines)
        print(f"{keys:,} keys: {wrong} wrong, {missing} missing", flush=True)
        published = records(settings, InventoryLevel.TOPIC)
        run(stack, "producers", "completejourney")
        time.sleep(30)
        more = records(settings, InventoryLevel.TOPIC) - published
        print(f"replayed a second time: {more} levels published, expected 0")
        if wrong or missing or more:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
