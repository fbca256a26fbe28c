"""A real Kafka, registry and Flink: the levels are true through crashes and restarts."""

import json
import os
import signal
import threading
import time

import pytest

from codegen import subjects
from connect import registry
from schemas.generated import Shipment
from tests.world import World

pytestmark = pytest.mark.slow
SECONDS_TO_SETTLE = 90
CRASH = ("job", "kafka", "registry")


def test_topics_and_subjects_are_made_once(world: World) -> None:
    again = world.run("codegen", "apply")
    assert again.returncode == 0
    assert "nothing to do" in again.stdout


def test_levels_equal_the_oracle(world: World) -> None:
    world.send(5_000)
    assert not world.differences(SECONDS_TO_SETTLE)


@pytest.mark.parametrize("name", CRASH)
def test_levels_equal_the_oracle_after_kill_9_under_load(world: World, name: str) -> None:
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


def test_down_and_up_goes_on_where_it_stopped(world: World) -> None:
    world.stack.stop()
    assert not world.stack.running()
    world.stack.open()
    for name in ("registry", "kafka"):
        world.stack.start(name)
    for name in ("registry", "kafka"):
        world.stack.wait(name)
    world.stack.start("job")
    world.send(2_000)
    assert not world.differences(SECONDS_TO_SETTLE)
    log = (world.settings.state / "logs" / "job.log").read_text()
    assert log.count("Continuing from ") >= 2  # after the kill, and after this stop


def test_an_incompatible_schema_is_refused_by_the_real_registry(world: World) -> None:
    client = registry.client(world.settings)
    broken = json.loads(Shipment.SCHEMA)
    broken["fields"].append({"name": "pallet", "type": "string"})
    subject = f"{Shipment.TOPIC}-value"
    assert subjects.fits(client, subject, Shipment.SCHEMA)
    assert not subjects.fits(client, subject, json.dumps(broken))
