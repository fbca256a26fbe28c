"""`python -m flink` takes savepoints that a start can use, and says which command is next."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connect import kafka
from connect.kafka import job_name
from connect.settings import Settings
from flink import __main__ as commands
from flink import checkpoints, savepoints
from flink.checkpoints import Notes
from flink.running_settings import parameters
from tests.support.flink_rest import FlinkRest

CLUSTER = "k1"
IN_PROGRESS = (200, {"status": {"id": "IN_PROGRESS"}, "operation": None})
FAILURE = {
    "class": "java.util.concurrent.CompletionException",
    "stack-trace": "java.util.concurrent.CompletionException: outer\n\tat x.Y\n"
    "Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: Disk full.\n\tat x.Y\n",
}


class Cluster(FlinkRest):
    """A Flink cluster whose running job has notes in the folder of its checkpoints."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.settings = replace(
            self.settings, state=folder, checkpoints=folder.as_uri(), parallelism=1
        )
        job = {"jid": "j", "name": job_name(CLUSTER), "state": "RUNNING"}
        self.origin = checkpoints.origin(self.settings, {"Kafka cluster": CLUSTER}, "statements")
        self.folder = checkpoints.folder(self.settings, CLUSTER, self.origin)
        checkpoints.note(self.folder, Notes(self.origin, 7))
        carried = parameters(self.settings, self.origin, 7)
        self.answers = {
            "GET /overview": (200, {"slots-available": 1}),
            "GET /jobs/overview": (200, {"jobs": [job]}),
            "GET /jobs/j/config": (200, {"execution-config": {"user-config": carried}}),
            "POST /jobs/j/savepoints": (202, {"request-id": "r"}),
            "POST /jobs/j/stop": (202, {"request-id": "r"}),
            "GET /jobs/j/savepoints/r": [IN_PROGRESS, self.complete("savepoint-j-1")],
        }
        self.saved = f"{self.settings.checkpoints}/{CLUSTER}/savepoints/savepoint-j-1"

    def complete(self, name: str) -> tuple[int, object]:
        operation = {"location": f"file:/as/flink/names/it/{name}"}
        return 200, {"status": {"id": "COMPLETED"}, "operation": operation}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            commands.main, list(arguments), env=self.settings.environment(), catch_exceptions=False
        )


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(savepoints, "POLL_SECONDS", 0)
    monkeypatch.setattr(kafka, "admin", lambda _: None)
    monkeypatch.setattr(kafka, "cluster_id", lambda _: CLUSTER)
    monkeypatch.setattr(commands, "prepare_process", lambda _: None)
    with Cluster(tmp_path) as cluster:
        yield cluster


@pytest.mark.parametrize(
    ("arguments", "request_key", "body", "settings"),
    [
        (["savepoint"], "POST /jobs/j/savepoints", "target-directory", ""),
        (["stop"], "POST /jobs/j/stop", "targetDirectory", ""),
        (["rescale", "2"], "POST /jobs/j/stop", "targetDirectory", "INVENTORY_PARALLELISM=2 "),
    ],
)
def test_a_savepoint_has_notes_and_the_next_command_starts_from_it(
    cluster: Cluster, arguments: list[str], request_key: str, body: str, settings: str
) -> None:
    result = cluster.run(*arguments)
    assert result.exit_code == 0, result.output
    assert cluster.bodies[request_key][body] == cluster.saved.rpartition("/")[0]
    assert checkpoints.notes(cluster.saved) == Notes(cluster.origin, 7)
    assert f"Savepoint: {cluster.saved}\n" in result.output
    start = f"  {settings}INVENTORY_RESUME_FROM={cluster.saved} .venv/bin/python -m flink.job\n"
    assert result.output.endswith(start)


def test_the_savepoint_lies_beside_the_checkpoints_of_the_running_job(cluster: Cluster) -> None:
    """Also for a client with another INVENTORY_CHECKPOINTS."""
    cluster.settings = replace(cluster.settings, checkpoints="")
    assert f"Savepoint: {cluster.saved}\n" in cluster.run("savepoint").output


def test_a_savepoint_that_fails_has_its_cause(cluster: Cluster) -> None:
    failed = {"status": {"id": "COMPLETED"}, "operation": {"failure-cause": FAILURE}}
    cluster.answers["GET /jobs/j/savepoints/r"] = (200, failed)
    result = cluster.run("stop")
    assert result.exit_code == 1
    assert (
        result.output == "Error: The savepoint has failed, and the job goes on: "
        "CheckpointException: Disk full.\n"
    )


def test_a_job_without_notes_is_not_stopped(cluster: Cluster) -> None:
    """Its savepoint could not be used."""
    cluster.answers["GET /jobs/j/config"] = (200, {"execution-config": {"user-config": {}}})
    assert "Job j has no notes beside its checkpoints" in cluster.run("stop").output
    assert "POST /jobs/j/stop" not in cluster.bodies


def test_a_job_is_not_stopped_for_more_slots_than_there_are(cluster: Cluster) -> None:
    result = cluster.run("rescale", "4")
    assert "has 2 slots for the job, which needs 4: add task managers" in result.output
    assert "POST /jobs/j/stop" not in cluster.bodies


def test_without_a_job_the_command_says_so(cluster: Cluster) -> None:
    cluster.answers["GET /jobs/overview"] = (200, {"jobs": []})
    assert "does not run the job: start it by" in cluster.run("savepoint").output


@pytest.mark.parametrize("arguments", [["savepoint"], ["stop"], ["rescale", "2"]])
def test_the_local_job_needs_no_savepoint(cluster: Cluster, arguments: list[str]) -> None:
    cluster.settings = Settings(state=cluster.settings.state)
    result = cluster.run(*arguments)
    assert result.exit_code == 1
    assert "The local job needs no savepoint: `make down` and `make up`" in result.output
