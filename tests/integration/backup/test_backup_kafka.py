"""Backup of a real Kafka and registry, and restore on other ports."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.schema_registry import Schema
from sqlalchemy import insert, select

from backup import manifest
from backup.create import create
from backup.manifest import FILE, SUFFIX
from backup.restore import restore
from backup.saved_schemas import saved_modes, saved_schemas
from backup.saved_topics import topics_of
from connect import kafka, registry
from connect.errors import UserError
from connect.kafka import GATE_GROUP, JOB_GROUP
from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from contracts.deployment import topic_admin
from schemas.clock import utc_now
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.kafka_with_contracts import kafka_with_contracts
from views.database.acknowledgements import ACKNOWLEDGEMENTS
from views.database.engine import open_database, writing

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SHIPMENTS, ACCEPTED, PRODUCTS = "shipments", "accepted-shipments", "products"
COMMITTED = TopicPartition(SHIPMENTS, 0, 3, "9 1")


class Partition(NamedTuple):
    """A partition as a reader of committed messages has it."""

    first: int
    end: int
    messages: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def source() -> Iterator[Stack]:
    with kafka_with_contracts() as stack:
        fill(stack.settings)
        yield stack


@pytest.fixture(scope="module")
def target() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry", "kafka"]) as stack:
        yield stack


@pytest.fixture(scope="module")
def folder(source: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two backups, the second of what came after the first."""
    folder = tmp_path_factory.mktemp("backup")
    first = create(source.settings, folder, print)
    before = {file.name: file.read_bytes() for file in folder.glob(f"*{SUFFIX}")}
    producer = KafkaProducer(source.settings, {})
    producer.send(SHIPMENTS, b"later", b"key", partition=2)
    producer.send(PRODUCTS, b"later", b"sku-9")
    assert producer.flush(10) == 0
    second = create(source.settings, folder, print)
    new = {file.name for file in folder.glob(f"*{SUFFIX}")} - before.keys()
    assert new == {f"shipments-2-2{SUFFIX}", f"products-0-2{SUFFIX}"}
    assert all((folder / name).read_bytes() == content for name, content in before.items())
    assert second.messages == first.messages + 2
    return folder


def fill(settings: Settings) -> None:
    """Write messages of all kinds, with every kind of gap, groups, schemas and rows."""
    plain = KafkaProducer(settings, {})
    transactions = KafkaProducer(settings, {"transactional.id": "tills"})
    transactions.init_transactions(30)
    headers = [("trace", b"\x00\xff"), ("trace", None)]
    for number in range(500):
        plain.send(SHIPMENTS, b"%d" % number, b"key", partition=0, headers=headers)
        plain.send(ACCEPTED, b"%d" % number, None, partition=0)
        plain.send(PRODUCTS, b"%d" % number, b"sku-%d" % (number % 7))
    plain.send(PRODUCTS, None, b"sku-3")
    plain.send("adjustments", b"old", b"key", partition=1)
    for number in range(4):
        plain.send("quarantine", b"bad", b"%d" % number, partition=2)
    assert plain.flush(10) == 0
    for outcome in (transactions.commit_transaction, transactions.abort_transaction) * 2:
        transactions.begin_transaction()
        for number in range(3):
            transactions.send(SHIPMENTS, b"of %d" % number, b"key", partition=0)
        assert transactions.flush(10) == 0
        outcome(30)
        # At the beginning of a partition, too.
        transactions.begin_transaction()
        transactions.send(SHIPMENTS, b"alone", b"key", partition=3)
        assert transactions.flush(10) == 0
        transactions.abort_transaction(30)
        plain.send(SHIPMENTS, b"between", None, partition=0)
        assert plain.flush(10) == 0
    admin = kafka.admin(settings)
    for lost in (TopicPartition("adjustments", 1, 1), TopicPartition("quarantine", 2, 2)):
        admin.delete_records([lost])[lost].result(10)
    topic_admin.set_setting(admin, PRODUCTS, "retention.ms", "777777777777")
    commit(settings, GATE_GROUP, COMMITTED)
    commit(settings, JOB_GROUP, COMMITTED)
    schemas = registry.client(settings)
    for subject in ("gone-value", "deleted-value", "later-value"):
        text = json.dumps({"type": "fixed", "name": subject.split("-")[0], "size": 4})
        schemas.register_schema(subject, Schema(text, "AVRO"))
    schemas.delete_subject("deleted-value")
    for permanent in (False, True):
        schemas.delete_subject("gone-value", permanent=permanent)
    with writing(open_database(settings)) as connection:
        row = {"store_id": "s", "sku": "k", "need": "low", "acknowledged_at": utc_now()}
        connection.execute(insert(ACKNOWLEDGEMENTS), row)


def commit(settings: Settings, group: str, at: TopicPartition) -> None:
    consumer = Consumer({**kafka.client_config(settings), "group.id": group})
    consumer.commit(offsets=[at], asynchronous=False)
    consumer.close()


def committed(settings: Settings, group: str) -> tuple[int, str | None]:
    consumer = Consumer({**kafka.client_config(settings), "group.id": group})
    (at,) = consumer.committed([TopicPartition(SHIPMENTS, 0)], timeout=10)
    consumer.close()
    return at.offset, at.metadata


def partitions(settings: Settings, names: Sequence[str]) -> dict[tuple[str, int], Partition]:
    """Read everything that a reader of committed messages gets."""
    consumer = Consumer(
        {
            **kafka.client_config(settings),
            "group.id": "tests",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
        }
    )
    _, listed = topic_admin.listed(kafka.admin(settings))
    every = [(name, number) for name in names for number in listed[name].partitions]
    consumer.assign([TopicPartition(*at, OFFSET_BEGINNING) for at in every])
    read: dict[tuple[str, int], Partition] = {}
    for at in every:
        first, end = consumer.get_watermark_offsets(TopicPartition(*at), timeout=10)
        read[at] = Partition(first, end, [])
    unread = set(every)
    while unread:
        for message in consumer.consume(1_000, 0.5):
            at = str(message.topic()), int(message.partition() or 0)
            if message.error() is not None:
                unread.discard(at)
                continue
            content = message.key(), message.value(), message.headers()
            read[at].messages.append((message.offset(), message.timestamp()[1], *content))
    consumer.close()
    return read


def configured(settings: Settings, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the settings of the topics' own."""
    described = topic_admin.described(kafka.admin(settings), dict.fromkeys(names, 1))
    return {
        name: {each: topic.config[each] for each in topic.own} for name, topic in described.items()
    }


def test_a_damaged_backup_is_refused_before_anything_is_written(
    folder: Path, target: Stack
) -> None:
    file = folder / f"shipments-0-1{SUFFIX}"
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:99] + b"\0" + whole[100:]):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=f"{file.name} is damaged: expected"):
            restore(target.settings, folder, print)
    file.write_bytes(whole)
    _, listed = topic_admin.listed(kafka.admin(target.settings))
    assert not [name for name in listed if not name.startswith("__")]
    assert not registry.client(target.settings).get_subjects(deleted=True)


def test_a_restored_installation_has_every_message_offset_time_id_and_commit(
    folder: Path, source: Stack, target: Stack
) -> None:
    sentences: list[str] = []
    restore(target.settings, folder, sentences.append)
    names = topics_of(source.settings)
    before, after = (
        partitions(stack.settings, [*names.public, *names.others]) for stack in (source, target)
    )
    for at, partition in before.items():
        if at[0] in (*names.public, ACCEPTED):
            assert after[at] == partition, at
        else:  # compacted: offsets are others
            contents = [[each[1:] for each in one.messages] for one in (partition, after[at])]
            assert contents[0] == contents[1], at
    assert [after["adjustments", 1].first, after["quarantine", 2].first] == [1, 1]
    saved = [
        saved_schemas(registry.client(stack.settings), "", print) for stack in (source, target)
    ]
    assert saved[0] == saved[1]
    modes = [saved_modes(registry.client(stack.settings), saved[0]) for stack in (source, target)]
    assert modes[0] == modes[1]
    assert configured(target.settings, names.public) == configured(source.settings, names.public)
    assert configured(target.settings, names.others) == configured(source.settings, names.others)
    assert committed(target.settings, GATE_GROUP) == (COMMITTED.offset, COMMITTED.metadata)
    assert committed(target.settings, JOB_GROUP)[0] < 0
    with open_database(target.settings).connect() as connection:
        assert [row.sku for row in connection.execute(select(ACKNOWLEDGEMENTS))] == ["k"]
    assert any("the job calculates levels and ledger again" in each for each in sentences)
    # What the job calculates is missing; and no schema is.
    steps = target.run("contracts", "plan").stdout.splitlines()
    assert {step.split()[0] for step in steps} == {"create", "drift", "nothing", "Plan:"}, steps
    created = {step.split()[2].rstrip(":") for step in steps if step.startswith("create")}
    assert created == set(names.calculated)


def test_an_installation_that_is_not_empty_is_refused(folder: Path, source: Stack) -> None:
    with pytest.raises(UserError, match=r"not empty: .* has messages"):
        restore(source.settings, folder, print)


def test_a_backup_of_other_topics_is_kept(folder: Path, target: Stack) -> None:
    listing = (folder / FILE).read_bytes()
    with pytest.raises(UserError, match="back up into another folder"):
        create(target.settings, folder, print)
    assert (folder / FILE).read_bytes() == listing


def test_a_killed_backup_leaves_the_one_before_whole(folder: Path, source: Stack) -> None:
    before = manifest.verified(folder)
    producer = KafkaProducer(source.settings, {})
    for number in range(100_000):
        producer.send(ACCEPTED, b"%d" % number, None, partition=0)
    producer.flush()
    command = [sys.executable, "-m", "backup", "create", str(folder)]
    process = subprocess.Popen(command, env=source.environment(), cwd=PROJECT)
    begun = folder / f"{ACCEPTED}-0-{before.number + 1}{SUFFIX}"
    until = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert begun.exists()
    assert manifest.verified(folder) == before
    assert create(source.settings, folder, print).messages == before.messages + 100_000
    assert manifest.verified(folder).number == before.number + 1
