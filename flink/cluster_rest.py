"""The job on a Flink cluster, by the cluster's REST API."""

import time
from typing import Any

import requests

from connect.errors import UserError
from connect.settings import PREFIX, Settings
from flink.configuration import JOB_NAME

TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 2.0
ACTIVE = {"INITIALIZING", "CREATED", "RUNNING", "RESTARTING", "RECONCILING", "FAILING"}


def running(settings: Settings) -> str | None:
    """Return the id of the job on the cluster; None if it does not run there."""
    jobs = _get(settings, "jobs/overview")["jobs"]
    active = [job["jid"] for job in jobs if job["name"] == JOB_NAME and job["state"] in ACTIVE]
    return str(active[0]) if active else None


def follow(settings: Settings) -> None:
    """Wait until the job on the cluster ends. Raises UserError if it failed."""
    job = running(settings)
    if job is None:
        return
    while (state := _get(settings, f"jobs/{job}")["state"]) in ACTIVE:
        time.sleep(POLL_SECONDS)
    if state == "FAILED":
        raise UserError(f"Job {job} failed: see its exceptions at {settings.flink}.")


def _get(settings: Settings, path: str) -> dict[str, Any]:
    try:
        answer = requests.get(f"http://{settings.flink}/{path}", timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise UserError(
            f"No Flink cluster answers at {settings.flink} ({type(error).__name__}): start one, "
            f"or set {PREFIX}FLINK to the host:port of its REST API, or to local."
        ) from None
    content: dict[str, Any] = answer.json()
    return content
