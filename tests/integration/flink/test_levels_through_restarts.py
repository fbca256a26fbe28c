"""Published figures stay exactly true through any sequence of operations.

A sequence is one random history under one random schedule: restarts with and without a checkpoint
at the end, downtimes of days, rebuilds, limits changed and changed back, the gate off and on,
partitions that lag behind the others, topics read in another order, repeats, conflicts and late
events. One job reads many histories side by side.

The gate's own code decides what is accepted (see tests.support.timed_deliveries), the independent
oracle what follows from it, and the read model's table what a reader shows. After each step, the
audit has to find that all is true, too.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings as profile
from rich.console import Console

from connect.settings import Settings
from stack.fetch import fetch
from stack.runtime import Stack
from tests.support.minicluster import MiniCluster
from tests.support.random_schedule import Schedule

NIGHTLY = profile().max_examples > 1000
pytestmark = pytest.mark.slow
HISTORIES = 40 if NIGHTLY else 20
SCHEDULES = 50
OPERATIONS = 6
TONIGHT = date.today().toordinal() * SCHEDULES
"""First seed of a night; a failure names its own."""


@pytest.fixture(scope="module")
def installation() -> Iterator[Settings]:
    # This process reads the jars until it ends: they stay when the stack's own folder is removed.
    state = Settings().state
    with Stack.on_free_ports(["registry", "kafka"]) as stack:
        fetch(state, Console(quiet=True), ["flink"])
        yield replace(
            stack.settings,
            state=state,
            checkpoint_seconds=3600,
            days_milliseconds=1,
            finished_seconds=0,
        )


@pytest.fixture
def settings(installation: Settings, tmp_path: Path) -> Settings:
    return replace(installation, checkpoints=(tmp_path / "check points").as_uri())


def test_figures_stay_true_through_a_downtime_and_settings_changed_back(
    settings: Settings, minicluster: MiniCluster
) -> None:
    with closing(Schedule(0, settings, minicluster, HISTORIES)) as schedule:
        schedule.run(["downtime", "there_and_back", "read_on"])


@pytest.mark.nightly
def test_the_audit_of_a_schedule_names_a_wrong_level_and_a_lost_record(
    settings: Settings, minicluster: MiniCluster
) -> None:
    with closing(Schedule(2, settings, minicluster, histories=1)) as schedule:
        schedule.run([])
        lost = schedule.lose_accepted_event()
        assert f"stock-ledger ({lost.event_id}): is missing" in differences(schedule)
        wrong = schedule.write_wrong_level()
        sentence = f"({wrong.store_id}, {wrong.sku}): on_hand is {wrong.on_hand}, expected "
        assert f"inventory-levels {sentence}" in differences(schedule)


def differences(schedule: Schedule) -> str:
    return "\n".join(schedule.audit().differences.lines())


@pytest.mark.nightly
def test_readers_follow_when_the_job_has_run_with_another_folder_of_checkpoints(
    settings: Settings, minicluster: MiniCluster
) -> None:
    with closing(Schedule(1, settings, minicluster, HISTORIES)) as schedule:
        schedule.run(["elsewhere", "read_on"])


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(SCHEDULES))
def test_figures_stay_true_through_any_sequence(
    number: int, settings: Settings, minicluster: MiniCluster
) -> None:
    with closing(Schedule(TONIGHT + number, settings, minicluster, HISTORIES)) as schedule:
        schedule.run(schedule.operations(OPERATIONS))
