"""A breaking change under load, from its first stage to its last, undone once in the middle.

`sku`, a part of the key, becomes a number, and the required `terminal_id` is retired.

The tree of this checkout runs at first; a copy of it goes the road by the contracts guide.
"""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition

from connect import kafka
from connect.topics import partition_counts
from schemas.generated import Transaction
from tests.support.breaking_change import SECONDS, SKUS, SOLD, Road, sales
from tests.support.pipeline_load import failures, load
from tests.support.running_pipeline import RunningPipeline
from tests.support.tree_copy import stop
from views.reader import TopicReader

pytestmark = [pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(2400)]

HISTORY = 2_000
RATE = 100
"""Events a second of the old tills: the test reads all of them several times."""


def check(world: RunningPipeline, road: Road) -> None:
    """Levels equal the oracle's, nothing is lost or counts twice, and the audit agrees."""
    assert not world.differences(SECONDS)
    assert "All is true" in road.done("audit")


def read_by_old(world: RunningPipeline) -> set[str]:
    """Return the ids of all sales in the old topic, as a reader of the old contract reads them."""
    reader = TopicReader(world.settings, [Transaction])
    ids: set[str] = set()
    while not reader.caught_up:
        ids |= {row.event_id for row in sales(reader.read(10_000, 0.5))}
    reader.close()
    assert not reader.undecodable
    return ids


def both_readers_have_everything(world: RunningPipeline, road: Road) -> None:
    """Each topic has every sale; a record in flight gets some seconds."""
    expected = {sale.event_id for sale in sales(world.arrivals)}
    until = time.monotonic() + SECONDS
    while True:
        old, new = read_by_old(world), road.read_by_new()
        if old == new == expected or time.monotonic() > until:
            break
        time.sleep(1)
    assert (len(old), len(new)) == (len(expected), len(expected))
    assert old == new == expected


def stand_beside(world: RunningPipeline, road: Road) -> None:
    """Convert what old and new tills sell meanwhile, the same sale by both ways, too."""
    with load(world, RATE) as stop_old_tills:
        road.sell("beside")
        road.send_new(sales(world.arrivals)[:SOLD])
        stop_old_tills()
    both_readers_have_everything(world, road)
    road.reaches(3)
    check(world, road)


def empty(world: RunningPipeline, topic: str) -> None:
    """Delete a topic's records, as its retention does after a while."""
    admin = kafka.admin(world.settings)
    partitions = [TopicPartition(topic, n, -1) for n in range(partition_counts(admin)[topic])]
    for deletion in admin.delete_records(partitions).values():
        deletion.result()


def test_a_key_gets_another_type_and_a_required_field_is_retired(
    world: RunningPipeline, tmp_path: Path
) -> None:
    """It is undone before the pipeline moves: the job never notices."""
    road = Road(tmp_path / "road", world)
    world.skus = SKUS
    world.send(HISTORY)
    with load(world, RATE):
        road.begin()
        stop(world, "gate")
    with road.service("flink.convert"), road.service("gate"):
        stand_beside(world, road)
        with load(world, RATE):
            road.undo()
    with road.service("gate"):
        check(world, road)
    assert not failures(world), "the job goes on as before"

    with load(world, RATE):
        road.begin()
    with ExitStack() as job:
        with road.service("flink.convert"), road.service("gate"):
            move(world, road, job)
        withdraw(world, road)


def move(world: RunningPipeline, road: Road, job: ExitStack) -> None:
    """Move the pipeline to the new topic while old and new tills sell."""
    with load(world, RATE) as stop_old_tills:
        stop(world, "job")
        job.close()
        road.move_the_pipeline()
        log = job.enter_context(road.service("flink.job"))
        road.sell("moved")
        stop_old_tills()
    both_readers_have_everything(world, road)
    check(world, road)
    assert "Starting from the first event" in log.read_text("utf-8")
    road.reaches(4)


def withdraw(world: RunningPipeline, road: Road) -> None:
    """End the way back, then the old contract; the pipeline's own job runs."""
    road.done("contracts", "evolve", "transaction")
    with road.service("flink.convert"), road.service("gate"):
        road.reaches(4)
        refused = road.contracts("evolve", "transaction", "--withdraw")
        assert "records of transactions" in refused.stderr
        empty(world, Transaction.TOPIC)
        road.sell("last")
        check(world, road)
        road.reaches(5)
        assert not read_by_old(world)
    road.done("contracts", "evolve", "transaction", "--withdraw")
    road.done("codegen", "generate")
    road.done("contracts", "check")
    with road.service("gate"):
        assert "evolves" not in road.done("contracts", "plan")
        road.sell("alone")
        check(world, road)
