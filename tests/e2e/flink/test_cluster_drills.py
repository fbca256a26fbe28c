"""Each process of a cluster is killed: the pipeline recovers alone, soon, and is right.

Kafka, registry and Flink as a chain runs them: tests/support/cluster.
"""

from collections.abc import Callable, Iterator

import pytest

from connect import cluster_rest
from stack.health import read_model_works
from tests.support.cluster.available_flink import busiest_task_manager, leader
from tests.support.cluster.installation import Installation, installed
from tests.support.cluster.layout import BROKERS
from tests.support.cluster.level_freshness import measured
from tests.support.cluster.running_cluster import Cluster
from tests.support.patience import until

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
RATE = 50
"""Events a second besides those that are measured."""
SECONDS_TO_SETTLE = 120
BROKER_SECONDS, FLINK_SECONDS = 15, 30
"""Limits until levels are fresh again, on a machine with nothing else to do."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with (
        Cluster.on_free_ports_in(tmp_path_factory.mktemp("cluster")) as cluster,
        installed(cluster) as installation,
    ):
        yield installation


@pytest.fixture(params=(1, 2, 3))
def attempt(request: pytest.FixtureRequest) -> int:
    """Repeat a drill three times."""
    return int(request.param)


def drill(chain: Installation, failure: Callable[[], None], limit: float) -> None:
    """Cause a failure under load, and compare all figures with the oracle and the audit."""
    with measured(chain.pipeline, RATE) as freshness:
        seconds = freshness.seconds_to_recover(failure)
    slowness = freshness.slowness
    print(f"fresh again after {seconds:.1f} s on a machine that is {slowness:.1f} times as slow")
    assert not chain.pipeline.differences(SECONDS_TO_SETTLE)
    audited = chain.audit()
    assert "All is true" in audited, audited
    until(lambda: read_model_works(chain.settings), SECONDS_TO_SETTLE)
    generations = {level.generation for level in chain.pipeline.published()}
    assert len(generations) == 1, "the state was rebuilt"
    assert seconds <= limit * slowness


@pytest.mark.parametrize("number", BROKERS)
def test_levels_are_fresh_soon_after_a_broker_is_killed(chain: Installation, number: int) -> None:
    drill(chain, lambda: chain.kill(f"broker{number}"), BROKER_SECONDS)


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize("name", ["gate", "registry", "job"])
def test_levels_are_fresh_soon_after_a_process_is_killed(chain: Installation, name: str) -> None:
    drill(chain, lambda: chain.kill(name), BROKER_SECONDS)


@pytest.mark.usefixtures("attempt")
def test_levels_are_fresh_soon_after_the_task_manager_is_killed(chain: Installation) -> None:
    drill(chain, lambda: chain.kill(busiest_task_manager(chain.settings)), FLINK_SECONDS)


@pytest.mark.usefixtures("attempt")
def test_levels_are_fresh_soon_after_each_job_manager_is_killed(chain: Installation) -> None:
    layout = chain.cluster.layout
    first, job = leader(layout), the_job(chain)
    drill(chain, lambda: chain.kill(first), FLINK_SECONDS)
    second = leader(layout)
    assert second != first
    drill(chain, lambda: chain.kill(second), FLINK_SECONDS)
    assert the_job(chain) == job, "Flink has recovered it; the client has submitted no other"


@pytest.mark.parametrize("number", BROKERS)
def test_levels_are_fresh_soon_after_a_broker_and_a_task_manager_are_killed_at_once(
    chain: Installation, number: int
) -> None:
    names = f"broker{number}", busiest_task_manager(chain.settings)
    drill(chain, lambda: chain.kill(*names), FLINK_SECONDS)


def the_job(chain: Installation) -> str:
    """Return the id of the only job that runs."""
    jobs = cluster_rest.get(chain.settings, "jobs/overview")["jobs"]
    (running,) = [job["jid"] for job in jobs if job["state"] == "RUNNING"]
    return str(running)
