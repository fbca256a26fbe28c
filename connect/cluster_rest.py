"""The job on a Flink cluster, by the cluster's REST API."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from connect.errors import UserError
from connect.flink_client import TOKEN, VARIABLE, flink_client
from connect.settings import PREFIX, Settings

T = TypeVar("T")
TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 2.0
LOST_POLLS = 3
"""Answers without the job after which it is lost: a new leader may not have recovered it yet."""
_direct = requests.Session()
_direct.trust_env = False  # requests to local addresses bypass a proxy of the environment
ENDED = {"FINISHED", "CANCELED"}
ACTIVE = {"INITIALIZING", "CREATED", "RUNNING", "RESTARTING", "RECONCILING", "FAILING"}


class RequestRefusedError(UserError):
    """A request that Flink answers with an error."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        """Of HTTP, such as 404 for a job that the cluster does not know."""


def running(settings: Settings, name: str) -> str | None:
    """Return the id of the job of that name on the cluster; None if it does not run there."""
    jobs = get(settings, "jobs/overview")["jobs"]
    active = [job["jid"] for job in jobs if job["name"] == name and job["state"] in ACTIVE]
    return str(active[0]) if active else None


def follow(settings: Settings, job: str) -> bool:
    """Wait until a job on the cluster ends; return False if the cluster has lost it.

    job: its id. A cluster that does not answer is waited for. Raises UserError if the job failed.
    """
    unknown = 0
    while unknown < LOST_POLLS:
        state = _state(settings, job)
        if state == "FAILED":
            raise UserError(f"Job {job} failed: see its exceptions at {settings.flink}.")
        if state in ENDED:
            return True
        unknown = unknown + 1 if state is None else 0
        time.sleep(POLL_SECONDS)
    return False


def _state(settings: Settings, job: str) -> str | None:
    """Return the state of a job; None if the cluster has no such job, "" if it does not answer."""
    try:
        return str(get(settings, f"jobs/{job}")["state"])
    except RequestRefusedError as error:
        return None if error.status == requests.codes.not_found else ""
    except UserError:
        return ""


def cancel(settings: Settings, job: str) -> None:
    """Cancel a job on the cluster, by its id. Raises UserError."""
    _answer(settings, "PATCH", f"jobs/{job}?mode=cancel", TIMEOUT_SECONDS)


def get(settings: Settings, path: str, seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """Return the answer to a GET; of a local job, from its own REST API.

    Raises UserError when there is none within the seconds.
    """
    return _content(dict, _answer(settings, "GET", path, seconds))


def get_list(settings: Settings, path: str, seconds: float) -> list[dict[str, Any]]:
    """Return the answer to a GET that is a list, as that of metrics is. Raises UserError."""
    return _content(list, _answer(settings, "GET", path, seconds))


def post(settings: Settings, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a POST. Raises UserError when there is none."""
    return _content(dict, _answer(settings, "POST", path, TIMEOUT_SECONDS, body))


def _content(shape: type[T], answer: requests.Response) -> T:
    try:
        content: Any = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, shape):
        raise UserError(
            f"What answers at {answer.url.partition('?')[0]} is not Flink, such as the page of a "
            f"proxy: check {PREFIX}FLINK."
        )
    return content


def _answer(
    settings: Settings,
    method: str,
    path: str,
    seconds: float,
    body: dict[str, Any] | None = None,
) -> requests.Response:
    url, client = settings.flink_url, flink_client(settings)
    send = _direct.request if settings.flink == "local" else requests.request
    try:
        answer = send(
            method,
            f"{url}/{path}",
            timeout=seconds,
            json=body,
            auth=_signed(client.token),
            verify=client.authority or True,
            cert=(client.certificate, client.key) if client.key else None,
        )
    except requests.exceptions.SSLError as error:
        raise UserError(
            f"Flink at {url} and this client do not agree on TLS ({_innermost(error)}): check the "
            f"lines ssl.… of the file that {VARIABLE} names."
        ) from None
    except requests.RequestException as error:
        raise UserError(
            f"No Flink cluster answers at {url} ({type(error).__name__}): start one, "
            f"or set {PREFIX}FLINK to the host:port of its REST API, or to local."
        ) from None
    if answer.status_code == requests.codes.unauthorized:
        raise RequestRefusedError(
            f"Flink at {url} refuses this client (401): set {VARIABLE} to a file with the line "
            f"{TOKEN} = its token.",
            answer.status_code,
        )
    if not answer.ok:
        raise RequestRefusedError(
            f"Flink at {url} refuses {method} {path.partition('?')[0]}: "
            f"{answer.status_code} {_reason(answer)}.",
            answer.status_code,
        )
    return answer


def _signed(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest] | None:
    """Return what adds the token to a request, in place of a password in ~/.netrc."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign if token else None


def _innermost(error: BaseException) -> str:
    """Return the words of the library below those that passed the error on."""
    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    return str(inner.args[-1] if getattr(inner, "args", ()) else inner)


def _reason(answer: requests.Response) -> str:
    """Return the first line of the errors in an answer, or the words of its status."""
    try:
        errors = answer.json()["errors"]
    except (ValueError, KeyError, TypeError):
        return answer.reason
    lines = [line for error in errors for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else answer.reason
