"""A task of the job that is stuck is named; one that is idle, held up or at work is not."""

import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connect import cluster_rest, standstill
from connect.settings import Settings
from connect.standstill import StandstillLog
from flink import job_watch
from tests.support.http_server import Answer, HttpServer, Request
from tests.support.logged import logged

TRACE = """org.apache.flink.runtime.JobException: Recovery is suppressed
\tat org.apache.flink.Somewhere
Caused by: java.io.IOException: Could not register schema in registry
\tat io.confluent.kafka.schemaregistry.client.rest.RestService.registerSchema
Caused by: java.net.SocketTimeoutException: Read timed out
\tat java.net.Somewhere
"""
LOST = """java.lang.Error: poll
Caused by: org.apache.kafka.clients.consumer.OffsetOutOfRangeException: Fetch position"""


class Flink(HttpServer):
    """The REST API of a cluster with one job of one vertex with two tasks."""

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.state = "RUNNING"
        self.failures: list[dict[str, Any]] = []
        self.cancelled: list[str] = []
        times = {"accumulated-idle-time": 0, "accumulated-backpressured-time": 0}
        metrics = {"read-records": 3, "write-records": 2, **times, "accumulated-busy-time": 0}
        self.tasks: list[dict[str, Any]] = [
            {"subtask": number, "attempt": 0, "status": "RUNNING", "metrics": dict(metrics)}
            for number in range(2)
        ]

    def _respond(self, request: Request) -> Answer:
        if request.method == "PATCH":
            self.cancelled.append(request.target)
            return 202, {}
        vertex = {"id": "v", "name": "Join[3] -> Calc[4] -> Sink: levels[5]"}
        contents: dict[str, Any] = {
            "/jobs/j": {"state": self.state, "vertices": [vertex]},
            "/jobs/j/vertices/v": {"subtasks": self.tasks},
            "/jobs/j/exceptions": {"exceptionHistory": {"entries": self.failures}},
        }
        return 200, contents[request.path]


@pytest.fixture
def flink() -> Iterator[Flink]:
    with Flink() as opened:
        yield opened


@pytest.fixture
def settings(flink: Flink, tmp_path: Path) -> Settings:
    return Settings(flink_port=flink.port, state=tmp_path, registry="http://r:1")


@pytest.mark.parametrize(
    "moving",
    ["read-records", "write-records", "accumulated-idle-time", "accumulated-backpressured-time"],
)
def test_the_task_that_is_busy_and_nothing_else_is_named(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    flink: Flink,
    settings: Settings,
    moving: str,
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(standstill, "monotonic", lambda: next(clock))
    log = StandstillLog(settings, "job")
    for second in range(15):
        flink.tasks[0]["metrics"][moving] = second
        flink.tasks[1]["metrics"]["accumulated-busy-time"] = second * 1000
        log.observe(dict(job_watch.observations(settings, "j")))
    assert logged(caplog) == (
        "Task Sink: levels[5] (2/2) has not moved for 8 s: it is busy with one call since 3 "
        "records read and 2 written: check that Kafka answers.\n"
    )


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once the watch, which looks all the time, ends this process."""
    killed = threading.Event()
    monkeypatch.setattr(job_watch, "SAMPLE_SECONDS", 0.001)
    monkeypatch.setattr(cluster_rest, "running", lambda *_: "j")

    def kill(pid: int, number: int) -> None:
        assert (pid, number) == (os.getpid(), signal.SIGTERM)
        killed.set()
        sys.exit()  # ends the thread

    monkeypatch.setattr(os, "kill", kill)
    return killed


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_task_that_is_stuck_for_longer_than_any_call_may_take_ends_the_local_job(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, killed: threading.Event
) -> None:
    clock = itertools.count()
    monkeypatch.setattr(standstill, "monotonic", lambda: next(clock))
    job_watch.start(settings, "name")
    assert killed.wait(60)
    assert 180 < next(clock) < 190


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_can_only_fail_again_ends_however_slowly_it_fails(
    flink: Flink, settings: Settings, killed: threading.Event
) -> None:
    """Three failures within a minute end it, too, which a slow machine does not reach."""
    flink.failures.append({"timestamp": 7, "stacktrace": LOST})
    job_watch.start(settings, "name")
    assert killed.wait(10)
    assert not flink.cancelled, "it ends with this process"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_on_a_cluster_that_can_only_fail_again_is_cancelled(
    flink: Flink, settings: Settings, killed: threading.Event
) -> None:
    """The cluster would start it again for ever. An earlier failure may be over."""
    flink.failures.append({"timestamp": 7, "stacktrace": LOST})
    remote = replace(settings, flink=f"127.0.0.1:{flink.port}")
    job_watch.start(remote, "name")
    assert not killed.wait(0.3)
    assert not flink.cancelled
    flink.failures[0] = {"timestamp": 8, "stacktrace": LOST}
    assert killed.wait(10)
    assert flink.cancelled == ["/jobs/j?mode=cancel"]


def test_a_job_that_restores_its_state_for_long_is_not_ended() -> None:
    assert not job_watch.is_stuck({"The job": 1000.0, "Task x": 100.0})
    assert job_watch.is_stuck({"The job": 1000.0, "Task x": 181.0})


def test_a_job_of_which_a_task_does_not_run_has_work(flink: Flink, settings: Settings) -> None:
    assert not dict(job_watch.observations(settings, "j"))["The job"].work
    flink.tasks[0]["status"] = "INITIALIZING"
    seen = dict(job_watch.observations(settings, "j"))
    assert seen["The job"].work == "it is RUNNING, tasks: 1 INITIALIZING, 1 RUNNING."
    assert "Task Sink: levels[5] (1/2)" not in seen
    flink.state, flink.tasks[1]["status"] = "RESTARTING", "CANCELED"
    seen = dict(job_watch.observations(settings, "j"))
    assert seen["The job"].work == "it is RESTARTING, tasks: 1 CANCELED, 1 INITIALIZING."


def test_a_failure_is_named_once_with_the_registry_that_caused_it(
    flink: Flink, settings: Settings
) -> None:
    assert job_watch.latest_failure(settings, "j", 0) is None
    flink.failures.append({"timestamp": 7, "stacktrace": TRACE})
    assert job_watch.latest_failure(settings, "j", 0) == (
        7,
        "The job has failed and starts again: java.net.SocketTimeoutException: Read timed out. "
        "The registry at http://r:1 has not answered: check that it is healthy, and "
        "INVENTORY_REGISTRY.",
    )
    assert job_watch.latest_failure(settings, "j", 7) is None
    flink.failures[0] = {"timestamp": 8, "stacktrace": "java.lang.Error: full\n\tat somewhere"}
    failure = job_watch.latest_failure(settings, "j", 7)
    assert failure == (8, "The job has failed and starts again: java.lang.Error: full.")


def test_a_state_that_cannot_be_read_says_what_to_do(flink: Flink, settings: Settings) -> None:
    cause = "org.apache.flink.runtime.state.BackendBuildingException: Failed when trying to restore"
    flink.failures.append({"timestamp": 7, "stacktrace": f"java.lang.Exception: x\n{cause}"})
    failure = job_watch.latest_failure(settings, "j", 0)
    assert failure is not None
    assert "if that repeats, stop the job and delete that folder" in failure[1]
