"""Health checks of the job (ours, all of it, with progress), the read model and the registry."""

import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connect import kafka
from connect.metrics import PARTS, Sample
from connect.part_status import served
from connect.read_progress import ReadProgress, write_progress
from connect.settings import Settings
from stack import ports
from stack.health import job_runs, obstacle, part_state, read_model_works, registry_answers
from stack.services import processes
from tests.support.flink_rest import FlinkRest
from tests.support.http_server import Answer, HttpServer, Request

SETTINGS = Settings(checkpoint_seconds=5)
LONG_AGO = time.time() - 3600
MINE, OTHER = "inventory k1", "inventory k2"


class Flink(FlinkRest):
    """A cluster with one job."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.running, self.changed = MINE, 8, LONG_AGO
        self.completed: float | None = time.time()
        self.failures: list[float] = []

    def answer(self, key: str) -> Answer:
        contents = {
            "GET /jobs/overview": self.overview,
            "GET /jobs/j/checkpoints": self.checkpoints,
            "GET /jobs/j/exceptions": self.exceptions,
        }
        return 200, contents[key]()

    def overview(self) -> dict[str, Any]:
        tasks = {"running": self.running, "total": 8}
        job = {"jid": "j", "name": self.name, "state": "RUNNING", "tasks": tasks}
        return {"jobs": [job | {"last-modification": int(self.changed * 1000)}]}

    def checkpoints(self) -> dict[str, Any]:
        completed = self.completed and {"latest_ack_timestamp": int(self.completed * 1000)}
        return {"latest": {"completed": completed, "restored": None}}

    def exceptions(self) -> dict[str, Any]:
        entries = [{"timestamp": int(at * 1000)} for at in self.failures]
        return {"exceptionHistory": {"entries": entries}}

    @property
    def healthy(self) -> bool:
        """As a local job, and as one on a cluster."""
        address = self.settings.flink
        both = replace(SETTINGS, flink_port=self.port), replace(SETTINGS, flink=address)
        (healthy,) = {job_runs(settings) for settings in both}
        return healthy


@pytest.fixture
def flink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flink]:
    monkeypatch.setattr(kafka, "cluster_id", lambda *_: "k1")
    with Flink() as opened:
        yield opened


def test_a_job_whose_tasks_run_and_complete_checkpoints_is_healthy(flink: Flink) -> None:
    assert flink.healthy


def test_the_job_of_another_kafka_is_not_ours(flink: Flink) -> None:
    flink.name = OTHER
    assert not flink.healthy


def test_a_job_without_one_of_its_tasks_is_not_healthy(flink: Flink) -> None:
    flink.running = 7
    assert not flink.healthy


@pytest.mark.parametrize("completed", [LONG_AGO, None], ids=["long ago", "never"])
def test_a_job_that_completes_no_checkpoint_is_not_healthy(
    flink: Flink, completed: float | None
) -> None:
    flink.completed = completed
    assert not flink.healthy


def test_a_job_that_runs_between_two_failures_is_not_healthy(flink: Flink) -> None:
    flink.failures = [time.time() - 1, time.time() - 20]
    assert not flink.healthy
    flink.failures = [time.time() - 1, time.time() - 120]
    assert flink.healthy


def test_a_job_that_has_just_begun_is_healthy_without_a_checkpoint(flink: Flink) -> None:
    flink.completed, flink.changed = None, time.time()
    assert flink.healthy


def test_the_read_model_works_while_its_note_is_fresh_and_the_levels_are_read(
    tmp_path: Path,
) -> None:
    settings = Settings(state=tmp_path)
    assert not read_model_works(settings)
    now = datetime.now(UTC)
    for useful, age, works in ((True, 0, True), (False, 0, False), (True, 11, False)):
        at = now - timedelta(seconds=age)
        write_progress(settings, ReadProgress(at, useful, "has read"))
        assert read_model_works(settings) is works
    (tmp_path / "read-model.progress").write_text("half")
    assert not read_model_works(settings)


def subjects_for_a_password(request: Request) -> Answer:
    """Answer as a registry elsewhere, without a health endpoint of ours, that wants a password."""
    allowed = request.headers["Authorization"] == f"Basic {b64encode(b'stock:secret').decode()}"
    return (200, []) if allowed and request.path == "/subjects" else (401, {})


def test_an_external_registry_is_healthy_while_it_answers_this_client(tmp_path: Path) -> None:
    client = tmp_path / "registry.properties"
    client.write_text("basic.auth.user.info = stock:secret")
    with HttpServer(subjects_for_a_password) as server:
        settings = Settings(registry=server.url, registry_client=str(client))
        assert processes(settings)["registry"].healthy()
        assert not registry_answers(replace(settings, registry_client=""))
    assert not processes(settings)["registry"].healthy()


def test_a_part_without_the_supervisor_is_known_by_its_status_port() -> None:
    settings = Settings(status_port=ports.free("127.0.0.1", len(PARTS)))
    assert part_state(settings, "gate") == "stopped"
    with served(settings, "gate") as status:
        assert part_state(settings, "gate") == "not ready"
        assert obstacle(settings, "gate") == "It starts."
        status.report = Works()
        assert part_state(settings, "gate") == "ready"
        assert obstacle(settings, "gate") == ""
        assert part_state(settings, "views") == part_state(settings, "kafka") == "stopped"
        assert part_state(Settings(), "gate") == "stopped"


class Works:
    def obstacle(self) -> str:
        return ""

    def samples(self) -> list[Sample]:
        return []
