"""Readiness and metrics of the job, by Flink's REST API, of a local job as of one on a cluster.

Flink's own reporter for Prometheus would listen on every address of this machine.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connect import cluster_rest, metrics
from connect.job_trouble import FAILURES, checkpoint_trouble, failure_trouble
from connect.metrics import Metric, Sample
from connect.part_status import PartStatus, standing_sentence
from connect.running_job import require_running
from connect.settings import Settings

ANSWER_SECONDS = 3.0
MILLISECOND = 0.001
STEP_METRICS: Mapping[str, tuple[Metric, float]] = {
    # Not its busy time, which Flink derives from these: it may go back, as no counter may.
    "accumulated-idle-time": (metrics.IDLE, MILLISECOND),
    "accumulated-backpressured-time": (metrics.BACKPRESSURED, MILLISECOND),
    "read-records": (metrics.JOB_READ, 1),
    "write-records": (metrics.JOB_WRITTEN, 1),
}
"""Flink's name of a step's metric -> ours, and the factor to its unit."""
SOURCE = "Source: "
SINK = re.compile(r"(\w+)\[\d+]: (?:Writer|Committer)$")
NUMBER = re.compile(r"\[\d+]")
"""Number of an operator, which another version of the job may change."""
HEAP_USED, HEAP_MAX = "Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.Heap.Max"
RESTARTS = "numRestarts"


class JobReport:
    """See connect.part_status.Report. name: of the job on the cluster."""

    def __init__(self, settings: Settings, name: str, status: PartStatus) -> None:
        self._settings, self._name, self._status = settings, name, status
        self._standing: Mapping[str, float] = {}

    def note(self, standing: Mapping[str, float]) -> None:
        """Note a look of flink.job_watch. standing: seconds of each standstill, by its name."""
        self._standing = standing
        self._status.turn()

    def obstacle(self) -> str:
        jobs = self._jobs()
        job_id = require_running({"jobs": jobs}, self._name)
        (job,) = (each for each in jobs if each["jid"] == job_id)
        return (
            failure_trouble(self._get(f"jobs/{job_id}/{FAILURES}"))
            or checkpoint_trouble(self._settings, job, self._get(f"jobs/{job_id}/checkpoints"))
            or standing_sentence(self._standing)
        )

    def samples(self) -> Iterator[Sample]:
        jobs = self._jobs()
        if not jobs:
            return
        job = max(jobs, key=lambda each: each["start-time"])
        yield metrics.TASKS.of(job["tasks"]["total"])
        yield metrics.RUNNING_TASKS.of(job["tasks"]["running"])
        path = f"jobs/{job['jid']}"
        yield from step_samples(self._get(path))
        yield from checkpoint_samples(self._get(f"{path}/checkpoints"))
        restarts = {RESTARTS: metrics.RESTARTS}
        yield from _numbers(self._list(f"{path}/metrics?get={RESTARTS}"), restarts)
        heap = {HEAP_USED: metrics.HEAP, HEAP_MAX: metrics.HEAP_LIMIT}
        yield from _numbers(self._list(f"taskmanagers/metrics?get={','.join(heap)}&agg=sum"), heap)

    def _jobs(self) -> list[dict[str, Any]]:
        """Return the entries of this job: of those that have ended, too."""
        jobs = self._get("jobs/overview")["jobs"]
        return [each for each in jobs if each["name"] == self._name]

    def _get(self, path: str) -> dict[str, Any]:
        return cluster_rest.get(self._settings, path, ANSWER_SECONDS)

    def _list(self, path: str) -> list[dict[str, Any]]:
        return cluster_rest.get_list(self._settings, path, ANSWER_SECONDS)


def step_samples(job: Mapping[str, Any]) -> Iterator[Sample]:
    """Yield the metrics of each step. job: the answer to GET /jobs/…"""
    sums: dict[tuple[Metric, str], float] = defaultdict(float)
    for vertex in job["vertices"]:
        step = _step(vertex["name"])
        sums[metrics.STEP_TASKS, step] += vertex["parallelism"]
        for name, (metric, factor) in STEP_METRICS.items():
            sums[metric, step] += vertex["metrics"].get(name, 0) * factor
    for (metric, step), value in sums.items():
        yield metric.of(value, step)


def checkpoint_samples(checkpoints: Mapping[str, Any]) -> Iterator[Sample]:
    """Yield the metrics of checkpoints. checkpoints: the answer to GET /jobs/…/checkpoints."""
    for result in ("completed", "failed"):
        yield metrics.CHECKPOINTS.of(checkpoints["counts"][result], result)
    newest = (checkpoints.get("latest") or {}).get("completed")
    if newest:
        yield metrics.CHECKPOINT_AT.of(newest["latest_ack_timestamp"] * MILLISECOND)
        yield metrics.CHECKPOINT_DURATION.of(newest["end_to_end_duration"] * MILLISECOND)
        yield metrics.CHECKPOINT_SIZE.of(newest["state_size"])


def _numbers(answer: Iterable[Mapping[str, Any]], named: Mapping[str, Metric]) -> Iterator[Sample]:
    """Yield metrics that Flink returns by name; those that it does not know yet are missing."""
    for each in answer:
        yield named[each["id"]].of(float(each["sum"] if "sum" in each else each["value"]))


def _step(vertex: str) -> str:
    """Return the table that a step reads or writes, or else its first operator."""
    first = vertex.partition(" -> ")[0]
    if first.startswith(SOURCE):
        return SOURCE + first.rpartition(".")[2].removeprefix(SOURCE)
    sink = SINK.search(vertex)
    return sink[1] if sink else NUMBER.sub("", first)
