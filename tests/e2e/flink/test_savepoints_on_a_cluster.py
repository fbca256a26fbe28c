"""The state of a job on a cluster survives the job manager, stops, other settings, and back.

The checkpoints are on storage that only Flink's plugin reads, as with S3.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from connect import cluster_rest, kafka
from connect.settings import Settings
from flink import running_settings
from stack import ports
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.flink_plugin import SCHEME, plugins
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SERVICES = ["registry", "kafka", "jobmanager", "taskmanager1", "taskmanager2"]
SECONDS = 120


class Cluster:
    """A pipeline on a Flink cluster of four slots, and the clients of its job."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.pipeline = RunningPipeline(stack)
        self.stack = stack
        self._folder = folder

    @property
    def job(self) -> str:
        """Id of the running job."""
        client = kafka.admin(self.stack.settings)
        job = cluster_rest.running(
            self.stack.settings, kafka.job_name(kafka.cluster_id(client, SECONDS))
        )
        assert job
        return job

    def command(self, *arguments: str) -> str:
        """Run `python -m flink`; return the URL of the savepoint."""
        done = self.pipeline.run("flink", *arguments)
        assert done.returncode == 0, done.stderr
        saved = re.search(r"^Savepoint: (\S+)$", done.stdout, re.MULTILINE)
        assert saved, done.stdout
        assert f"INVENTORY_RESUME_FROM={saved[1]} .venv/bin/python -m flink.job" in done.stdout
        return saved[1]

    @contextmanager
    def client(self, *options: str, **changes: object) -> Iterator[Path]:
        """Run the job's client with other settings; yield its log once the job runs."""
        environment = self.stack.environment() | {
            f"INVENTORY_{name.upper()}": str(value) for name, value in changes.items()
        }
        log = self._folder / f"client-{len(list(self._folder.iterdir()))}.log"
        command = [sys.executable, "-m", "flink.job", *options]
        with (
            log.open("w") as file,
            subprocess.Popen(
                command, cwd=PROJECT, env=environment, stdout=file, stderr=subprocess.STDOUT
            ) as process,
        ):
            try:
                until(self.runs, SECONDS)
                yield log
            finally:
                process.terminate()

    def runs(self) -> bool:
        """Return True when all tasks of the job run."""
        jobs = cluster_rest.get(self.stack.settings, "jobs/overview")["jobs"]
        return any(
            each["state"] == "RUNNING" and each["tasks"]["running"] == each["tasks"]["total"]
            for each in jobs
        )

    def send_and_compare(self, count: int = 1_000) -> None:
        self.pipeline.send(count)
        assert not self.pipeline.differences(SECONDS)

    def generations(self) -> set[int]:
        """Return the generations of all published levels: one, if the state was never rebuilt."""
        return {level.generation for level in self.pipeline.published()}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    port = ports.free(Settings().host, 2)
    changes = {
        "flink_port": port,
        "flink": f"{Settings().host}:{port}",
        "checkpoint_seconds": 2,
        "parallelism": 2,
        "checkpoints": f"{SCHEME}://{folder}/checkpoints",
    }
    stack = Stack.on_free_ports(SERVICES, **changes)
    stack.names.append("job")
    stack.fetch(Console(quiet=True))
    stack.names.remove("job")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FLINK_PLUGINS_DIR", str(plugins(folder, stack.settings)))
        with stack:
            (folder / "logs").mkdir()
            cluster = Cluster(stack, folder / "logs")
            applied = cluster.pipeline.run("contracts", "apply")
            assert applied.returncode == 0, applied.stderr
            stack.start("gate")
            stack.wait("gate")
            yield cluster


def test_a_job_that_a_killed_job_manager_has_lost_is_submitted_again(cluster: Cluster) -> None:
    with cluster.client() as log:
        cluster.send_and_compare()
        lost, killed = cluster.job, cluster.stack.pid("jobmanager")
        assert killed
        os.kill(killed, signal.SIGKILL)
        until(lambda: "has lost the job" in log.read_text(), SECONDS)
        until(lambda: f"Continuing from {SCHEME}://" in log.read_text(), SECONDS)
        until(cluster.runs, SECONDS)
        assert cluster.job != lost
        cluster.send_and_compare()
        assert log.read_text().count("Starting from the first event") == 1
    assert len(cluster.generations()) == 1


def test_the_state_survives_other_parallelisms_and_state_backends_and_back(
    cluster: Cluster,
) -> None:
    saved = cluster.command("savepoint")
    for parallelism, backend in ((1, "hashmap"), (4, "rocksdb"), (2, "hashmap")):
        saved = cluster.command("rescale", str(parallelism))
        with cluster.client(
            parallelism=parallelism, state_backend=backend, resume_from=saved
        ) as log:
            cluster.send_and_compare()
            assert f"Continuing from {saved}." in log.read_text()
            carried = running_settings.of_job(cluster.stack.settings, cluster.job)
            assert carried["INVENTORY_PARALLELISM"] == str(parallelism)
            assert carried["INVENTORY_STATE_BACKEND"] == backend
    assert len(cluster.generations()) == 1


def test_a_client_with_other_settings_names_them_and_rebuilds_only_if_it_may(
    cluster: Cluster,
) -> None:
    cluster.send_and_compare()
    with cluster.client(time_zone="Asia/Tokyo") as log:
        until(lambda: "They take a rebuild of " in log.read_text(), SECONDS)
        assert "INVENTORY_TIME_ZONE: UTC in the job, Asia/Tokyo here" in log.read_text()
    saved = cluster.command("stop")
    tokyo = replace(cluster.stack.settings, time_zone="Asia/Tokyo")
    refused = run_client(cluster, replace(tokyo, resume_from=saved))
    assert "another INVENTORY_TIME_ZONE (UTC, now Asia/Tokyo)" in refused
    assert "--allow-rebuild" in run_client(cluster, tokyo)
    with cluster.client() as log:
        cluster.send_and_compare()
        assert f"Continuing from {saved}." in log.read_text(), "as the newest state of its settings"
    assert len(cluster.generations()) == 1
    cluster.command("stop")
    with cluster.client("--allow-rebuild", time_zone="Asia/Tokyo") as log:
        cluster.send_and_compare()
        assert "another INVENTORY_TIME_ZONE (UTC, now Asia/Tokyo)" in log.read_text()
    assert len(cluster.generations()) == 2


def run_client(cluster: Cluster, settings: Settings) -> str:
    """Run a client that is refused; return its error."""
    done = subprocess.run(
        [sys.executable, "-m", "flink.job"],
        cwd=PROJECT,
        env=cluster.stack.environment() | settings.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr
