"""A real Kafka, registry and Flink: levels stay true through crashes and restarts."""

import json
import os
import signal
import threading
import time
from collections import defaultdict

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from connect import kafka, registry
from connect.errors import UserError
from contracts.deployment import subjects
from schemas.generated import Product, Shipment
from schemas.wire import Encoder
from tests.support import oracle
from tests.support.compare_with_oracle import grows
from tests.support.oracle import Key, Level
from tests.support.running_pipeline import SKUS, STORES, RunningPipeline, level_of
from views.reader import TopicReader

pytestmark = pytest.mark.slow
SECONDS_TO_SETTLE = 90
FEW = 9
"""Limit of a key's events for which all orders of acceptance are tried."""
CRASH = (
    "job",
    "kafka",
    *(pytest.param(name, marks=pytest.mark.nightly) for name in ("gate", "registry")),
)


def test_applying_again_changes_nothing(world: RunningPipeline) -> None:
    again = world.run("contracts", "apply")
    assert again.returncode == 0
    assert "nothing to do" in again.stdout


def test_levels_equal_the_oracle(world: RunningPipeline) -> None:
    world.send(5_000)
    assert not world.differences(SECONDS_TO_SETTLE)


def test_every_level_in_the_topic_is_that_of_a_prefix_of_its_events(
    world: RunningPipeline,
) -> None:
    world.stores, world.skus = ["east", "west"], [f"new-{number}" for number in range(500)]
    world.send(5_000, rate=2_000)
    world.stores, world.skus = STORES, SKUS
    assert not world.differences(SECONDS_TO_SETTLE)
    published: dict[Key, list[Level]] = defaultdict(list)
    for row in world.published():
        published[row.store_id, row.sku].append(level_of(row))
    arrived = {
        key: events
        for key, events in oracle.by_shelf(oracle.accepted(world.arrivals)).items()
        if key[0] in ("east", "west") and len(events) <= FEW
    }
    assert len(arrived) > 800
    assert sum(len(published[key]) for key in arrived) > 3_000
    assert not [key for key, events in arrived.items() if not grows(published[key], events)][:1]


@pytest.mark.parametrize("name", CRASH)
def test_levels_equal_the_oracle_after_kill_9_under_load(world: RunningPipeline, name: str) -> None:
    load = threading.Thread(target=world.send, args=(12_000, 1_000))
    load.start()
    time.sleep(4)
    killed = world.stack.pid(name)
    assert killed
    os.kill(killed, signal.SIGKILL)
    load.join()
    world.stack.wait(name)
    assert not world.differences(SECONDS_TO_SETTLE)
    assert world.stack.pid(name) not in (None, killed), f"{name} did not come back"


def test_down_and_up_resumes_from_the_checkpoint(world: RunningPipeline) -> None:
    world.stack.stop()
    assert not world.stack.running()
    world.stack.open()
    for name in ("registry", "kafka"):
        world.stack.start(name)
    for name in ("registry", "kafka"):
        world.stack.wait(name)
    world.stack.start("gate")
    world.stack.start("job")
    world.send(2_000)
    assert not world.differences(SECONDS_TO_SETTLE)
    log = (world.settings.state / "logs" / "job.log").read_text()
    assert log.count("Continuing from ") >= 2  # after the kill, and after this stop


def test_an_incompatible_schema_is_refused_by_the_real_registry(world: RunningPipeline) -> None:
    client = registry.client(world.settings)
    broken = json.loads(Shipment.SCHEMA)
    broken["fields"].append({"name": "pallet", "type": "string"})
    subject = f"{Shipment.TOPIC}-value"
    assert subjects.is_compatible(client, subject, Shipment.SCHEMA)
    assert not subjects.is_compatible(client, subject, json.dumps(broken))
    with pytest.raises(UserError, match=r"refused subject shipments-value \(409\)"):
        subjects.register(client, subject, json.dumps(broken))


def test_a_topic_setting_that_was_changed_by_hand_is_restored(world: RunningPipeline) -> None:
    set_config(world, "transactions", "retention.ms", "1000000000")
    restored = world.run("contracts", "apply")
    assert restored.returncode == 0
    assert "done      topic transactions: retention.ms 1000000000 -> -1" in restored.stdout
    assert world.run("contracts", "plan").returncode == 0


def test_readers_skip_and_count_undecodable_records(world: RunningPipeline) -> None:
    producer = Producer({"bootstrap.servers": world.settings.kafka_servers})
    unknown_id, other_contract = (
        b"\x00\x00\x00\xff\xffx",
        Encoder(lambda *names: registry.schema_id(registry.client(world.settings), *names)).value(
            world.events(1)[0]
        ),
    )
    for value in (b"", b"\x01", unknown_id, other_contract):
        producer.produce(Product.TOPIC, value, b"key")
    assert producer.flush(30) == 0
    reader = TopicReader(world.settings, [Product])
    while not reader.caught_up:
        assert reader.read(100, 0.2) == []
    reader.close()
    assert reader.undecodable == {Product.TOPIC: 4}


def set_config(world: RunningPipeline, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    client = kafka.admin(world.settings)
    client.incremental_alter_configs([resource])[resource].result(30)
