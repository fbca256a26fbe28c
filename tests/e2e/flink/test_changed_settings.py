"""Each setting of the job on a cluster is changed once: it costs what the client has announced.

The settings stay changed, so that each test changes one of the job that the test before has left.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connect.metrics import PARTS
from flink import running_settings
from stack import ports
from tests.support.changed_settings import CHANGES, Takes, names
from tests.support.patience import until
from tests.support.session_cluster import SECONDS, SessionCluster, session_cluster
from tests.support.tree_copy import TreeCopy

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
FILES = running_settings.FILES
ALREADY = " runs the job already"
RESTART = "They take a restart from a savepoint"
REBUILD = re.compile(r"They take a rebuild of ([\d,]+) events, about ([\d,]+) minutes?: ")
DIFFERENCE = re.compile(r" job:   (.+?): .* in the job, .* here$", re.MULTILINE)
MINUTE = 60


class Job:
    """A job on a cluster, and the settings that were changed so far."""

    def __init__(self, cluster: SessionCluster, folder: Path) -> None:
        self.cluster, self.folder = cluster, folder
        self.changes: dict[str, Any] = {}

    def value(self, name: str) -> Any:
        """Return another value of a setting, with which a job runs here: addresses are others."""
        settings = self.cluster.stack.settings
        others: dict[str, Any] = {
            "kafka": f"localhost:{settings.kafka_port}",
            "registry": f"http://localhost:{settings.registry_port}/apis/ccompat/v7",
            "checkpoints": (self.folder / "other-checkpoints").as_uri(),
            "parallelism": 1,
        }
        return others.get(name, CHANGES[name].value)

    def announced(self) -> tuple[list[str], str]:
        """Run a client beside the job; return the differences that it names, and what they take."""
        before = self.cluster.job
        with self.cluster.client(**self.changes) as log:
            until(lambda: " They take a " in log.read_text(), SECONDS)
            written = log.read_text()
        assert ALREADY in written
        assert self.cluster.job == before, "nothing is done"
        differences = DIFFERENCE.findall(written)
        return differences, written[written.index("They take a ") :].splitlines()[0]

    def restart(self) -> None:
        """Restart the job from a savepoint, as announced, and require that it cost nothing else."""
        generation = max(self.cluster.generations())
        saved = self.cluster.command("stop")
        begin = len(self.cluster.pipeline.arrivals)
        with self.cluster.client(**self.changes, resume_from=saved) as log:
            self.cluster.send_and_compare(300)
            assert f"Continuing from {saved}." in log.read_text()
            assert "Starting from the first event" not in log.read_text()
        self.require_read(len(self.cluster.pipeline.arrivals) - begin)
        assert max(self.cluster.generations()) == generation, "no level was computed again"

    def rebuild(self, events: int, minutes: int) -> None:
        """Start the job from the first event, and require that it cost what was announced."""
        generation = max(self.cluster.generations())
        stored = len(self.cluster.pipeline.arrivals)
        assert events == stored
        self.cluster.command("stop")
        begun = time.monotonic()
        with self.cluster.client("--allow-rebuild", **self.changes) as log:
            # The client's start comes before; a busy machine takes as long again.
            until(lambda: self.cluster.events_read() >= stored, 2 * MINUTE * minutes)
            seconds = time.monotonic() - begun
            assert "Starting from the first event" in log.read_text()
            self.cluster.send_and_compare(300)
        print(f"rebuilt from {events:,} events in {seconds:.0f} s; announced: {minutes} min")
        self.require_read(len(self.cluster.pipeline.arrivals))
        assert max(self.cluster.generations()) > generation

    def require_read(self, count: int) -> None:
        """Require that the job has read this number of events since its start, and no other."""
        until(lambda: self.cluster.events_read() >= count, SECONDS)
        assert self.cluster.events_read() == count


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    folder = tmp_path_factory.mktemp("cluster")
    with session_cluster(folder, 1, parallelism=2) as cluster:
        with cluster.client():
            cluster.send_and_compare()
        yield Job(cluster, folder)


@pytest.mark.parametrize("name", [*names(Takes.RESTART), *names(Takes.REBUILD)])
def test_a_changed_setting_costs_what_was_announced(job: Job, name: str) -> None:
    job.changes[name] = job.value(name)
    differences, takes = job.announced()
    assert differences == [f"INVENTORY_{name.upper()}"]
    if CHANGES[name].takes is Takes.RESTART:
        assert takes.startswith(RESTART)
        job.restart()
        return
    cost = REBUILD.match(takes)
    assert cost, takes
    events, minutes = (int(number.replace(",", "")) for number in cost.groups())
    job.rebuild(events, minutes)


def test_changed_files_of_the_same_operators_cost_a_restart_as_announced(
    job: Job, tmp_path: Path
) -> None:
    tree = TreeCopy(tmp_path / "tree", job.cluster.pipeline)
    tree.replace("flink/sql/4_inventory_levels.sql", (r"\A", "-- Another comment.\n"))
    job.cluster.tree = tree.folder
    differences, takes = job.announced()
    assert differences == [FILES]
    assert takes.startswith(RESTART)
    job.restart()


def test_settings_that_the_job_does_not_use_cost_nothing(job: Job) -> None:
    cluster, before = job.cluster, job.cluster.job
    addresses = {
        "kafka": cluster.stack.settings.kafka_servers,
        "registry": cluster.stack.settings.registry_url,
        **job.changes,
    }
    unused = {name: CHANGES[name].value for name in names(Takes.NOTHING)}
    # What is local and secured has other addresses and passwords: they are settings of their own.
    del unused["secure"]
    port = ports.free(cluster.stack.settings.host, len(PARTS))
    own = {"state": job.folder / "other-state", "status_port": port}
    with cluster.client(**(unused | own | addresses)) as log:
        until(lambda: ALREADY in log.read_text(), SECONDS)
        cluster.send_and_compare(300)
        assert f"{ALREADY}." in log.read_text(), log.read_text()
    assert cluster.job == before
