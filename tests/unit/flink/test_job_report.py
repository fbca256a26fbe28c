"""Readiness and metrics of the job follow Flink's answers."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from connect import cluster_rest, metrics
from connect.errors import UserError
from connect.part_status import PartStatus
from connect.settings import Settings
from flink.job_report import JobReport, step_samples

ANSWERS = Path(__file__).parents[2] / "support" / "flink_job_answers.json"
NAME = "inventory k1"
SECONDS_AGO_90 = -90_000


class Flink:
    """A cluster with our job, an older run of it, and that of the converter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = int(time.time() * 1000)
        tasks = {"total": 8, "running": 8}
        self.job: dict[str, Any] = {
            "jid": "j", "name": NAME, "state": "RUNNING", "start-time": 2, "tasks": tasks,
            "last-modification": self.now - 3_600_000,
        }  # fmt: skip
        self.failures: list[int] = []
        newest = {
            "latest_ack_timestamp": self.now,
            "end_to_end_duration": 250,
            "state_size": 4096,
        }
        counts = {"completed": 7, "failed": 1}
        self.checkpoints: dict[str, Any] = {"counts": counts, "latest": {"completed": newest}}
        self.numbers: Any = [{"id": "numRestarts", "value": "3"}]
        monkeypatch.setattr(cluster_rest, "get", self.answer)
        monkeypatch.setattr(cluster_rest, "get_list", self.answer)

    def answer(self, _settings: Settings, path: str, _seconds: float) -> Any:
        other = {"name": f"{NAME} conversions", "jid": "c", "start-time": 3, "state": "FAILED"}
        tasks = {"total": 8, "running": 0}
        former = {"name": NAME, "jid": "f", "start-time": 1, "state": "FAILED", "tasks": tasks}
        entries = [{"timestamp": at} for at in self.failures]
        heap = "Status.JVM.Memory.Heap"
        answers: dict[str, Any] = {
            "jobs/overview": {"jobs": [former, self.job, other]},
            "jobs/j": json.loads(ANSWERS.read_text("utf-8"))[0],
            "jobs/j/checkpoints": self.checkpoints,
            "jobs/j/exceptions?maxExceptions=2": {"exceptionHistory": {"entries": entries}},
            "jobs/j/metrics?get=numRestarts": self.numbers,
            f"taskmanagers/metrics?get={heap}.Used,{heap}.Max&agg=sum": [
                {"id": f"{heap}.Used", "sum": 5.0},
                {"id": f"{heap}.Max", "sum": 9.0},
            ],
        }
        return answers[path]


@pytest.fixture
def flink(monkeypatch: pytest.MonkeyPatch) -> Flink:
    return Flink(monkeypatch)


@pytest.fixture
def report() -> JobReport:
    return JobReport(Settings(checkpoint_seconds=5), NAME, PartStatus())


def values(report: JobReport) -> dict[Any, float]:
    return {(each.metric, *each.labels): each.value for each in report.samples()}


def test_the_job_is_ready_while_all_tasks_run_and_checkpoints_become_complete(
    flink: Flink, report: JobReport
) -> None:
    assert report.obstacle() == ""
    report.note({"Task Sink: levels[5] (2/2)": 9.0})
    assert report.obstacle() == "Task Sink: levels[5] (2/2) has not moved for 9 s."
    flink.checkpoints["latest"]["completed"]["latest_ack_timestamp"] += SECONDS_AGO_90
    assert report.obstacle() == "The job has completed no checkpoint for 90 s."
    flink.job["tasks"]["running"] = 7
    with pytest.raises(UserError, match="7 of 8 tasks run"):
        report.obstacle()


def test_a_job_that_fails_again_and_again_is_not_ready_between_two_failures(
    flink: Flink, report: JobReport
) -> None:
    flink.failures = [flink.now - 1_000]
    assert report.obstacle() == ""
    flink.failures = [flink.now - 1_000, flink.now - 20_000]
    assert report.obstacle() == "The job has failed 2 times within 60 s: see its log."
    flink.failures = [flink.now - 1_000, flink.now + SECONDS_AGO_90]
    assert report.obstacle() == ""


def test_metrics_are_those_of_the_newest_run_of_this_job(flink: Flink, report: JobReport) -> None:
    of_job = values(report)
    assert of_job[(metrics.TASKS,)] == of_job[(metrics.RUNNING_TASKS,)] == 8
    assert of_job[(metrics.RESTARTS,)] == 3
    assert of_job[metrics.CHECKPOINTS, "completed"] == 7
    assert of_job[metrics.CHECKPOINTS, "failed"] == 1
    assert of_job[(metrics.CHECKPOINT_AT,)] == pytest.approx(flink.now / 1000)
    assert of_job[(metrics.CHECKPOINT_DURATION,)] == 0.25
    assert of_job[(metrics.CHECKPOINT_SIZE,)] == 4096
    assert (of_job[(metrics.HEAP,)], of_job[(metrics.HEAP_LIMIT,)]) == (5, 9)


def test_what_flink_does_not_know_yet_is_missing(flink: Flink, report: JobReport) -> None:
    flink.checkpoints["latest"]["completed"] = None
    flink.numbers = []
    of_job = values(report)
    assert (metrics.RESTARTS,) not in of_job
    assert (metrics.CHECKPOINT_AT,) not in of_job
    assert of_job[metrics.CHECKPOINTS, "completed"] == 7


def test_steps_are_named_after_their_tables_and_times_are_seconds() -> None:
    earlier, later = json.loads(ANSWERS.read_text("utf-8"))
    samples = list(step_samples(earlier))
    of_steps = {(each.metric, *each.labels): each.value for each in samples}
    assert len(samples) == len(of_steps)
    assert {each.labels[0] for each in samples} == {
        *(f"Source: {topic}" for topic in ("adjustments", "replenishment_orders", "shipments")),
        *(f"Source: {topic}" for topic in ("stock_counts", "transactions", "transfers")),
        *("inventory_levels", "sales_per_minute", "open_orders", "open_transfers", "sales_by_day"),
        *("ConstraintEnforcer", "FirstDelivery"),
    }
    assert of_steps[metrics.IDLE, "Source: adjustments"] == 76.021
    assert of_steps[metrics.JOB_READ, "Source: shipments"] == 1603
    assert of_steps[metrics.STEP_TASKS, "Source: shipments"] == 2
    grown = {(each.metric, *each.labels): each.value for each in step_samples(later)}
    assert all(grown[key] >= value for key, value in of_steps.items())
