"""The job on a Flink cluster, by the cluster's REST API."""

import time
from typing import Any

import requests

from connect.errors import UserError
from connect.settings import PREFIX, Settings

TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 2.0
_direct = requests.Session()
_direct.trust_env = False  # requests to local addresses bypass a proxy of the environment
ACTIVE = {"INITIALIZING", "CREATED", "RUNNING", "RESTARTING", "RECONCILING", "FAILING"}


def running(settings: Settings, name: str) -> str | None:
    """Return the id of the job of that name on the cluster; None if it does not run there."""
    jobs = get(settings, "jobs/overview")["jobs"]
    active = [job["jid"] for job in jobs if job["name"] == name and job["state"] in ACTIVE]
    return str(active[0]) if active else None


def follow(settings: Settings, name: str) -> None:
    """Wait until the job on the cluster ends. Raises UserError if it failed."""
    job = running(settings, name)
    if job is None:
        return
    while (state := get(settings, f"jobs/{job}")["state"]) in ACTIVE:
        time.sleep(POLL_SECONDS)
    if state == "FAILED":
        raise UserError(f"Job {job} failed: see its exceptions at {settings.flink}.")


def cancel(settings: Settings, job: str) -> None:
    """Cancel a job on the cluster, by its id. Raises UserError."""
    _answer(settings, "PATCH", f"jobs/{job}?mode=cancel", TIMEOUT_SECONDS)


def get(settings: Settings, path: str, seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """Return the answer to a GET; of a local job, from its own REST API.

    Raises UserError when there is none within the seconds.
    """
    content: dict[str, Any] = _answer(settings, "GET", path, seconds).json()
    return content


def _answer(settings: Settings, method: str, path: str, seconds: float) -> requests.Response:
    address = settings.flink_address
    send = _direct.request if settings.flink == "local" else requests.request
    try:
        answer = send(method, f"http://{address}/{path}", timeout=seconds)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise UserError(
            f"No Flink cluster answers at {address} ({type(error).__name__}): start one, "
            f"or set {PREFIX}FLINK to the host:port of its REST API, or to local."
        ) from None
    return answer
