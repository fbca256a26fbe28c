"""The read model on a real Kafka: killed under load, its tables are what the topics say."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Message
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]
from hypothesis import settings as hypothesis
from sqlalchemy import Engine, func, select

from connect import kafka, registry
from connect.kafka_producer import KafkaProducer
from connect.record_consumer import Tombstone
from connect.settings import Settings
from connect.standstill import standstills
from schemas.generated import LedgerEntry
from schemas.record import Record
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.kafka_with_contracts import kafka_with_contracts
from tests.support.patience import until
from tests.support.read_model_drill import Tables, expected, rows_of
from tests.support.store_records import level, order, product, sale
from views.database.engine import open_database
from views.database.tables import TABLES

pytestmark = pytest.mark.slow
NIGHTLY = hypothesis().max_examples > 1000
KILLS = 20 if NIGHTLY else 3
RATE = 2_000
SHELVES = 300


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with kafka_with_contracts() as there:
        yield there


@pytest.fixture
def settings(stack: Stack, database: Settings) -> Settings:
    """Return the settings of the stack, with an empty database."""
    return replace(stack.settings, state=database.state, database=database.database)


class Sender:
    """Sends random records and tombstones of the tables, and keeps them in their order."""

    def __init__(self, settings: Settings) -> None:
        schemas = registry.client(settings)
        self._encoder = Encoder(lambda *names: registry.schema_id(schemas, *names))
        self._settings = settings
        self.open()
        self._chance = random.Random(4)
        self._number = 0
        self._refused: list[KafkaError] = []
        self.sent: list[Record | Tombstone] = []

    def open(self) -> None:
        """Open a client that knows the topics as they are at this moment."""
        self._producer = KafkaProducer(self._settings, {"linger.ms": 5})

    def send(self, record: Record, deleted: bool = False) -> None:
        key = self._encoder.key(record)
        value = None if deleted else self._encoder.value(record)
        self._producer.send(record.TOPIC, value, key, on_delivery=self._delivered)
        self.sent.append(Tombstone(type(record), record.key()) if deleted else record)

    def flush(self) -> None:
        assert self._producer.flush(60) == 0
        assert not self._refused

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self._refused.append(error)

    def load(self, stop: threading.Event) -> None:
        """Send RATE messages a second until stopped."""
        begun, number = time.monotonic(), 0
        while not stop.is_set():
            while number < (time.monotonic() - begun) * RATE:
                self.send(*self._message())
                number += 1
            self._producer.poll(0)
            time.sleep(0.01)
        self.flush()

    def _message(self) -> tuple[Record, bool]:
        chance = self._chance
        self._number += 1
        sku = f"sku-{chance.randrange(SHELVES)}"
        deleted = chance.random() < 0.1
        match chance.randrange(4):
            case 0:
                return sale(f"event-{self._number}"), False
            case 1:
                return product(sku, chance.randrange(99)), deleted
            case 2:
                version = chance.randrange(1, 5)
                return order(sku, chance.randrange(9), version=version), deleted
        # A restarted writer repeats lower versions.
        version = max(1, self._number - chance.randrange(2_000))
        return level(sku, chance.randrange(99), version=version), deleted


@pytest.fixture(scope="module")
def sender(stack: Stack) -> Sender:
    return Sender(stack.settings)


@contextmanager
def process(stack: Stack, settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = stack.environment() | settings.environment()
    with log.open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "views"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait(30)


def written(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES.values()
        )


def has_grown(engine: Engine, before: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"the process has ended, exit code {process.returncode}"
    return written(engine) > before


def differing(engine: Engine, tables: Tables) -> list[str]:
    """Name the topics whose tables differ."""
    rows = rows_of(engine)
    return [each.TOPIC for each in TABLES if rows[each] != tables[each]]


def test_tables_are_what_the_topics_say_after_kill_9_under_load(
    stack: Stack, settings: Settings, sender: Sender, tmp_path: Path
) -> None:
    stop, log = threading.Event(), tmp_path / "log"
    engine = open_database(settings)
    load = threading.Thread(target=sender.load, args=(stop,))
    load.start()
    chance = random.Random(1)
    try:
        for _ in range(KILLS):
            before = written(engine)
            with process(stack, settings, log) as started:
                until(partial(has_grown, engine, before, started))
                time.sleep(chance.random())
    finally:
        stop.set()
        load.join()
    with process(stack, settings, log):
        until(lambda: not differing(engine, expected(sender.sent)))
    engine.dispose()
    assert "Traceback" not in log.read_text()


def test_a_topic_that_is_created_again_under_the_process_has_the_new_rows(
    stack: Stack, settings: Settings, sender: Sender, tmp_path: Path
) -> None:
    engine, log = open_database(settings), tmp_path / "log"
    for number in range(100):
        sender.send(sale(f"former-{number}"))
    sender.flush()
    with process(stack, settings, log):
        until(lambda: not differing(engine, expected(sender.sent)))
        client = kafka.admin(settings)
        client.delete_topics([LedgerEntry.TOPIC])[LedgerEntry.TOPIC].result(30)
        until(lambda: LedgerEntry.TOPIC not in client.list_topics(timeout=10).topics)
        topic = NewTopic(LedgerEntry.TOPIC, 4, 1, config={"cleanup.policy": "compact"})
        until(lambda: client.create_topics([topic])[LedgerEntry.TOPIC].exception() is None)
        # A record that the broker takes before it has deleted the former topic goes with that one.
        until(lambda: LedgerEntry.TOPIC in client.list_topics(timeout=10).topics)
        sender.open()
        sender.sent[:] = [each for each in sender.sent if not isinstance(each, LedgerEntry)]
        for number in range(200):
            sender.send(sale(f"new-{number}"))
        sender.flush()
        until(lambda: not differing(engine, expected(sender.sent)))
    engine.dispose()
    assert "Traceback" not in log.read_text()


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["kafka", "registry"])
def test_a_broker_or_registry_that_was_killed_is_named_and_reading_goes_on(
    stack: Stack, settings: Settings, sender: Sender, tmp_path: Path, name: str
) -> None:
    engine, log = open_database(settings), tmp_path / "log"
    with process(stack, settings, log):
        until(lambda: not differing(engine, expected(sender.sent)))
        pid = stack.pid(name)
        assert pid
        os.kill(pid, signal.SIGKILL)
        if name == "kafka":
            until(lambda: standstills(settings, "views"), 20)
        stack.wait(name)
        for number in range(50):
            sender.send(sale(f"after-{name}-{number}"))
        sender.flush()
        until(lambda: not differing(engine, expected(sender.sent)))
        until(lambda: not standstills(settings, "views"))
    engine.dispose()
    assert "Traceback" not in log.read_text()
