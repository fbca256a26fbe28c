"""Milliseconds from an event's records in their topics to its rows in the database.

At 200 events a second, beside the time until a bare consumer has them, and with the CPU seconds of
the read model's process. INVENTORY_DATABASE names a PostgreSQL database that may be emptied;
without it, only SQLite is measured.

Takes 4 minutes with each database.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click
import psutil
from confluent_kafka import Consumer, Message
from sqlalchemy import Engine, func, select

from benchmarks.chain import levels_option
from benchmarks.chain_records import Movements, records
from benchmarks.pipeline import cpu, pipeline
from connect import registry
from connect.kafka import Partition
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from schemas.generated import InventoryLevel
from schemas.record import Record
from schemas.wire import Encoder
from views.database.engine import open_database
from views.database.read_offsets import load
from views.database.shelf_queue import WAITING
from views.database.shelves import SHELVES

RATE = 200
SECONDS = 40
POLL_SECONDS = 0.01
LEVELS_TOPIC = InventoryLevel.TOPIC


class Sender:
    """Sends records, and notes the place of each level and the time at which it was sent."""

    def __init__(self, settings: Settings) -> None:
        schemas = registry.client(settings)
        self._encoder = Encoder(lambda *names: registry.schema_id(schemas, *names))
        self._producer = KafkaProducer(settings, {"linger.ms": 5})
        self.sent: dict[tuple[int, int], float] = {}
        """(partition, offset) -> time."""

    def send(self, record: Record) -> None:
        now = time.perf_counter()

        def delivered(_: object, message: Message) -> None:
            if isinstance(record, InventoryLevel):
                self.sent[message.partition() or 0, message.offset() or 0] = now

        key = self._encoder.key(record)
        self._producer.send(record.TOPIC, self._encoder.value(record), key, on_delivery=delivered)
        self._producer.poll(0)

    def flush(self) -> None:
        self._producer.flush()


class Watch(threading.Thread):
    """Notes when the next offset of a partition is seen first."""

    def __init__(self, next_offsets: Callable[[], Mapping[int, int]]) -> None:
        super().__init__(daemon=True)
        self._next_offsets, self._stopped = next_offsets, False
        self._seen: dict[int, list[tuple[int, float]]] = {}

    def run(self) -> None:
        while not self._stopped:
            now_seen = self._next_offsets()
            now = time.perf_counter()
            for partition, offset in now_seen.items():
                seen = self._seen.setdefault(partition, [])
                if not seen or seen[-1][0] < offset:
                    seen.append((offset, now))

    def stop(self) -> None:
        self._stopped = True
        self.join()

    def delays(self, sent: Mapping[tuple[int, int], float]) -> list[float]:
        """Return the milliseconds from each record sent until it was seen."""
        return [
            1000 * (next(at for end, at in self._seen[partition] if end > offset) - begun)
            for (partition, offset), begun in sent.items()
        ]


def in_topic(consumer: Consumer) -> Mapping[int, int]:
    message = consumer.poll(0.1)
    if message is None or message.error() is not None:
        return {}
    return {message.partition() or 0: (message.offset() or 0) + 1}


def in_database(engine: Engine) -> Mapping[int, int]:
    time.sleep(POLL_SECONDS)
    with engine.connect() as connection:
        positions: dict[Partition, int] = {
            partition: each.next_offset for partition, each in load(connection).items()
        }
    return {number: end for (topic, number), end in positions.items() if topic == LEVELS_TOPIC}


def until_read(engine: Engine) -> None:
    """Wait until the topics were read to their ends and every shelf was computed."""
    while True:
        time.sleep(0.5)
        with engine.connect() as connection:
            positions = load(connection).values()
            waiting = connection.scalar(select(func.count()).select_from(WAITING))
            shelves = connection.scalar(select(func.count()).select_from(SHELVES))
        if shelves and not waiting and all(one.complete and not one.behind for one in positions):
            return


def measured(settings: Settings, levels: int, sender: Sender) -> None:
    """Print the figures of one database."""
    engine = open_database(settings)
    process = subprocess.Popen(
        [sys.executable, "-m", "views"], env=os.environ | settings.environment()
    )
    try:
        begun = time.perf_counter()
        until_read(engine)
        print(f"  all {levels:,} shelves after {time.perf_counter() - begun:.0f} s", flush=True)
        consumer = Consumer(
            {
                "bootstrap.servers": settings.kafka_servers,
                "group.id": "event-to-row",
                "auto.offset.reset": "latest",
                "fetch.wait.max.ms": 5,
            }
        )
        consumer.subscribe([LEVELS_TOPIC])
        with closing(consumer):
            bare, rows = Watch(lambda: in_topic(consumer)), Watch(lambda: in_database(engine))
            bare.start()
            rows.start()
            time.sleep(5)
            used = paced(settings, levels, sender, psutil.Process(process.pid))
            time.sleep(2)
            rows.stop()
            bare.stop()
        for name, watch in (("bare consumer", bare), ("row in the database", rows)):
            cuts = statistics.quantiles(watch.delays(sender.sent), n=100)
            print(f"  {name}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms")
        events = RATE * SECONDS
        print(
            f"  CPU of the read model: {used / SECONDS:.2f} cores, "
            f"{1000 * used / events:.2f} s for a thousand events; load {os.getloadavg()[0]:.1f}"
        )
    finally:
        process.terminate()
        process.wait(30)
        engine.dispose()


def paced(settings: Settings, levels: int, sender: Sender, process: psutil.Process) -> float:
    """Send the records of RATE events a second; return the CPU seconds that the process took."""
    movements = Movements(levels, settings)
    sender.sent.clear()
    before, begun = cpu(process), time.perf_counter()
    for number in range(RATE * SECONDS):
        while (ahead := begun + number / RATE - time.perf_counter()) > 0:
            time.sleep(ahead)
        for record in movements.next():
            sender.send(record)
    sender.flush()
    return cpu(process) - before


@click.command(help=__doc__)
@levels_option
def main(levels: int) -> None:
    database = Settings.from_environment().database
    with pipeline() as stack, tempfile.TemporaryDirectory() as folder:
        settings = replace(stack.settings, state=Path(folder), database="")
        sender = Sender(settings)
        for record in records(levels, settings):
            sender.send(record)
        sender.flush()
        for each in ("", database) if database else ("",):
            print("PostgreSQL:" if each else "SQLite:")
            measured(replace(settings, database=each), levels, sender)


if __name__ == "__main__":
    main()
