"""A pipeline whose job runs on a Flink session cluster, and the clients of that job."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from connect import cluster_rest, kafka
from connect.settings import Settings
from stack import flink_services, ports, services
from stack.flink_services import NO_OPTIONS
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline

SERVICES = ["registry", "kafka", "jobmanager"]
SECONDS = 120
SOURCE = "Source: "


class SessionCluster:
    """A pipeline on a Flink cluster, and the clients of its job."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        """folder: an empty one, of the clients' logs."""
        self.pipeline = RunningPipeline(stack)
        self.stack = stack
        self.tree = PROJECT
        """Folder that the clients run in."""
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
        log = self._folder / f"client-{len(list(self._folder.iterdir()))}.log"
        with (
            log.open("w") as file,
            subprocess.Popen(
                [sys.executable, "-m", "flink.job", *options],
                cwd=self.tree,
                env=self._environment(changes),
                stdout=file,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                until(lambda: self.runs() or process.poll() is not None, SECONDS)
                assert process.poll() is None, log.read_text()
                yield log
            finally:
                process.terminate()

    def refusal(self, **changes: object) -> str:
        """Run a client that is refused; return its error."""
        done = subprocess.run(
            [sys.executable, "-m", "flink.job"],
            cwd=self.tree,
            env=self._environment(changes),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 1, done.stdout
        return done.stderr

    def _environment(self, changes: Mapping[str, object]) -> dict[str, str]:
        chosen = {f"INVENTORY_{name.upper()}": str(value) for name, value in changes.items()}
        return self.stack.environment() | chosen

    def runs(self) -> bool:
        """Return True when all tasks of the job run."""
        jobs = cluster_rest.get(self.stack.settings, "jobs/overview")["jobs"]
        return any(
            each["state"] == "RUNNING" and each["tasks"]["running"] == each["tasks"]["total"]
            for each in jobs
        )

    def events_read(self) -> int:
        """Return the number of events that the running job has read since its start."""
        vertices = cluster_rest.get(self.stack.settings, f"jobs/{self.job}")["vertices"]
        sources = [each for each in vertices if each["name"].startswith(SOURCE)]
        return sum(each["metrics"]["read-records"] for each in sources)

    def send_and_compare(self, count: int = 1_000) -> None:
        self.pipeline.send(count)
        assert not self.pipeline.differences(SECONDS)

    def generations(self) -> set[int]:
        """Return the generations of all published levels: one, if the state was never rebuilt."""
        return {level.generation for level in self.pipeline.published()}


@contextmanager
def session_cluster(
    folder: Path, task_managers: int, options: Mapping[str, Any] = NO_OPTIONS, **changes: Any
) -> Iterator[SessionCluster]:
    """Run broker, registry, gate and Flink without a job. options: of Flink; changes: settings."""
    host = Settings().host
    port = ports.free(host, 2)
    managers = [f"taskmanager{number + 1}" for number in range(task_managers)]
    stack = Stack.on_free_ports(
        [*SERVICES, *managers],
        flink_port=port,
        flink=f"{host}:{port}",
        checkpoint_seconds=2,
        **changes,
    )
    own = services.processes(stack.settings)
    own["jobmanager"] = flink_services.job_manager(
        # The figures of its tasks are those of two seconds ago, and not of ten.
        stack.settings,
        options={"metrics.fetcher.update-interval": "2 s", **options},
    )
    for number, name in enumerate(managers):
        own[name] = flink_services.task_manager(stack.settings, number + 1, options)
    stack.processes = own
    stack.names.append("job")
    stack.fetch(Console(quiet=True))
    stack.names.remove("job")
    with stack:
        logs = folder / "logs"
        logs.mkdir()
        cluster = SessionCluster(stack, logs)
        applied = cluster.pipeline.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        stack.start("gate")
        stack.wait("gate")
        yield cluster
