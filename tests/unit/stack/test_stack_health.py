"""Health checks of the job (ours, all of it, with progress), the read model and the registry."""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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

SETTINGS = Settings(checkpoint_seconds=5)
LONG_AGO = time.time() - 3600
MINE, OTHER = "inventory k1", "inventory k2"


class Flink:
    """Answers as the REST API of a cluster with one job."""

    def __init__(self) -> None:
        self.name, self.running, self.changed = MINE, 8, LONG_AGO
        self.completed: float | None = time.time()
        self.failures: list[float] = []
        flink = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                answer = {
                    "/jobs/overview": flink.overview,
                    "/jobs/j/checkpoints": flink.checkpoints,
                    "/jobs/j/exceptions": flink.exceptions,
                }[path]()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

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
        port = self.server.server_port
        both = replace(SETTINGS, flink_port=port), replace(SETTINGS, flink=f"127.0.0.1:{port}")
        (healthy,) = {job_runs(settings) for settings in both}
        return healthy


@pytest.fixture
def flink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flink]:
    monkeypatch.setattr(kafka, "cluster_id", lambda *_: "k1")
    opened = Flink()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


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


class Registry(BaseHTTPRequestHandler):
    """A registry elsewhere, which has no health endpoint of ours, and wants a password."""

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Basic {b64encode(b'stock:secret').decode()}"
        self.send_response(200 if allowed and self.path.startswith("/subjects") else 401)
        self.end_headers()
        self.wfile.write(b"[]" if allowed else b"{}")

    def log_message(self, *_: object) -> None:
        pass


def test_an_external_registry_is_healthy_while_it_answers_this_client(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = tmp_path / "registry.properties"
    client.write_text("basic.auth.user.info = stock:secret")
    address = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(registry=address, registry_client=str(client))
    assert processes(settings)["registry"].healthy()
    assert not registry_answers(replace(settings, registry_client=""))
    server.shutdown()
    server.server_close()
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
