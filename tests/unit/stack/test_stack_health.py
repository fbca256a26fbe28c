"""The health checks of the job, ours, all of it and with progress, and of the read model."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connect import kafka
from connect.read_progress import ReadProgress, write_progress
from connect.settings import Settings
from stack.health import job_runs, read_model_works

SETTINGS = Settings(checkpoint_seconds=5)
LONG_AGO = time.time() - 3600
MINE, OTHER = "inventory k1", "inventory k2"


class Flink:
    """Answers as the REST API of a cluster with one job."""

    def __init__(self) -> None:
        self.name, self.running, self.changed = MINE, 8, LONG_AGO
        self.completed: float | None = time.time()
        flink = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = flink.overview() if self.path == "/jobs/overview" else flink.checkpoints()
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

    @property
    def healthy(self) -> bool:
        return job_runs(SETTINGS, f"127.0.0.1:{self.server.server_port}")


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
