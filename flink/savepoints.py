"""Savepoints of the job on a cluster, beside its checkpoints."""

import re
import time
from typing import Any

from connect import cluster_rest
from connect.errors import UserError
from connect.settings import Settings
from flink import checkpoints, running_settings
from flink.checkpoints import SAVEPOINTS
from flink.storage import as_flink_reads

POLL_SECONDS = 0.5
CAUSE = re.compile(r"^(?:Caused by: )?(?:[a-z]\w*\.)+(\w+: .*)", re.MULTILINE)
"""First line of an exception in a stack trace, from the name of its class."""


def take(settings: Settings, cluster: str, job: str, stop: bool = False) -> str:
    """Take a savepoint of a job, and return its URL once it is complete; stop: end the job with it.

    cluster: id of the Kafka cluster; job: of Flink. Raises UserError if it fails: a job that was
    to stop then goes on.
    """
    running = running_settings.of_job(settings, job)
    states = f"{running.get(running_settings.CHECKPOINTS)}/{settings.prefixed(cluster)}"
    origin = running.get(running_settings.ORIGIN)
    notes = checkpoints.notes(f"{states}/{origin}") if origin else None
    if notes is None:
        raise UserError(
            f"Job {job} has no notes beside its checkpoints, so no start could use its savepoint: "
            "cancel it in Flink, and start it again from its newest checkpoint."
        )
    folder = f"{states}/{SAVEPOINTS}"
    if stop:
        request = {"targetDirectory": as_flink_reads(folder), "drain": False}
        trigger = cluster_rest.post(settings, f"jobs/{job}/stop", request)
    else:
        request = {"target-directory": as_flink_reads(folder), "cancel-job": False}
        trigger = cluster_rest.post(settings, f"jobs/{job}/savepoints", request)
    name = _completed(settings, f"jobs/{job}/savepoints/{trigger['request-id']}")
    checkpoints.note(f"{folder}/{name}", notes)
    return f"{folder}/{name}"


def _completed(settings: Settings, path: str) -> str:
    """Wait until a savepoint is complete, and return the name of its folder."""
    while True:
        answer = cluster_rest.get(settings, path)
        if answer["status"]["id"] == "COMPLETED":
            break
        time.sleep(POLL_SECONDS)
    operation: dict[str, Any] = answer["operation"]
    if failure := operation.get("failure-cause"):
        causes = CAUSE.findall(failure["stack-trace"]) or [failure["class"]]
        raise UserError(f"The savepoint has failed, and the job goes on: {causes[-1].rstrip('.')}.")
    location: str = operation["location"]
    return location.rstrip("/").rpartition("/")[2]
