"""The installation's job in the list of a Flink cluster's jobs."""

from typing import Any

from connect import cluster_rest
from connect.errors import UserError
from connect.kafka import job_name
from connect.settings import Settings


def running_job(settings: Settings, kafka_cluster: str, seconds: float) -> str:
    """Return the id of this installation's job. Raises UserError if it does not run.

    kafka_cluster: Kafka's id of it; seconds: time limit of Flink's answer.
    """
    overview = cluster_rest.get(settings, "jobs/overview", seconds)
    return require_running(overview, settings.prefixed(job_name(kafka_cluster)))


def require_running(overview: dict[str, Any], name: str) -> str:
    """Return the id of the running job of that name.

    overview: answer to GET /jobs/overview. Raises UserError if it does not run, or not all of it.
    """
    jobs = [job for job in overview["jobs"] if job["name"] == name]
    if not jobs:
        raise UserError("The job is not on the Flink cluster.")
    job = max(jobs, key=lambda each: each["start-time"])
    tasks = job["tasks"]
    if job["state"] != "RUNNING" or tasks["running"] < tasks["total"]:
        raise UserError(
            f"The job is {job['state']}: {tasks['running']} of {tasks['total']} tasks run."
        )
    return str(job["jid"])
