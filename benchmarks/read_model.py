"""Records a second from topic to table, beside a bare consume and decode in the same run.

INVENTORY_DATABASE names a PostgreSQL database that may be emptied; without it, only SQLite is
measured.

Takes 2 minutes with each database.
"""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
from confluent_kafka import TopicPartition

from benchmarks.pipeline import pipeline
from connect import registry
from connect.kafka_producer import KafkaProducer
from connect.record_consumer import RecordConsumer
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, LedgerEntry
from schemas.record import Record
from schemas.wire import Encoder
from views.database.engine import open_database, writing
from views.database.tables import METADATA
from views.follower import CONSUMER, LIMIT, SECONDS, Follower

SHELVES = 100_000
ROUNDS = 3


def records(record_type: type[Record], count: int) -> Iterator[Record]:
    """Yield levels of random shelves, some of them much more often, or movements."""
    chance, now = random.Random(1), utc_now()
    for number in range(count):
        shelf = int(SHELVES * chance.random() ** 3)
        store, sku = f"store-{shelf % 20}", f"{shelf // 20:013}"
        at = now - timedelta(milliseconds=count - number)
        if record_type is InventoryLevel:
            yield InventoryLevel(
                store_id=store, sku=sku, on_hand=number, sold=number, returned=0, received=number,
                version=number + 1, last_movement_at=at,
            )  # fmt: skip
        else:
            yield LedgerEntry(
                event_id=f"{chance.getrandbits(128):032x}", store_id=store, sku=sku, kind="sale",
                quantity=-1, reference=f"receipt-{number}", occurred_at=at, recorded_at=at,
                source_topic="transactions", source_partition=0, source_offset=number,
            )  # fmt: skip


def fill(settings: Settings, count: int) -> None:
    schemas = registry.client(settings)
    encoder = Encoder(lambda *names: registry.schema_id(schemas, *names))
    producer = KafkaProducer(settings, {"linger.ms": 20})
    for record_type in (InventoryLevel, LedgerEntry):
        for record in records(record_type, count):
            producer.send(record_type.TOPIC, encoder.value(record), encoder.key(record))
        producer.flush()


def bare(settings: Settings, record_type: type[Record], count: int) -> float:
    """Return the records a second of consume and decode."""
    consumer = RecordConsumer(settings, [record_type], "benchmark", CONSUMER)
    with closing(consumer):
        begun = time.perf_counter()
        consumer.assign(TopicPartition(record_type.TOPIC, number, 0) for number in range(4))
        read = 0
        while read < count:
            read += len(consumer.read(LIMIT, SECONDS))
        return count / (time.perf_counter() - begun)


def to_table(settings: Settings, record_type: type[Record], count: int) -> float:
    """Return the records a second from topic to table; all tables are emptied first."""
    engine = open_database(settings)
    with writing(engine) as connection:
        for table in METADATA.sorted_tables:
            if table.name != "table_definitions":
                connection.execute(table.delete())
    follower = Follower(settings, engine, lambda *_: None, [record_type])
    with closing(follower):
        begun = time.perf_counter()
        while sum(each.next_offset for each in follower.positions.values()) < count:
            follower.step()
        rate = count / (time.perf_counter() - begun)
    engine.dispose()
    return rate


@click.command(help=__doc__)
@click.option("--records", "count", default=200_000, show_default=True, help="Of each topic.")
def main(count: int) -> None:
    database = Settings.from_environment().database
    with pipeline() as stack, tempfile.TemporaryDirectory() as folder:
        settings = replace(stack.settings, state=Path(folder), database="")
        fill(settings, count)
        candidates = {"SQLite": settings}
        if database:
            candidates["PostgreSQL"] = replace(settings, database=database)
        for record_type in (InventoryLevel, LedgerEntry):
            best = {"consume and decode": 0.0, **dict.fromkeys(candidates, 0.0)}
            for _ in range(ROUNDS):
                rate = bare(settings, record_type, count)
                best["consume and decode"] = max(best["consume and decode"], rate)
                for name, of_database in candidates.items():
                    best[name] = max(best[name], to_table(of_database, record_type, count))
            for name, rate in best.items():
                ratio = rate / best["consume and decode"]
                print(f"{record_type.TOPIC}: {name}: {rate:,.0f} records/s ({ratio:.2f})")


if __name__ == "__main__":
    main()
