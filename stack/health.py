"""Health checks of running processes; each returns within seconds and never raises."""

import json
import ssl
import urllib.error
import urllib.request
from functools import cache
from importlib import import_module
from typing import Any

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from connect import kafka
from connect.errors import UserError
from connect.group_coordinator import described
from connect.job_trouble import FAILURES, checkpoint_trouble, failure_trouble
from connect.metrics import PARTS, status_port
from connect.read_progress import read_progress
from connect.secret_files import secret
from connect.settings import Settings

ANSWER_SECONDS = 3.0


@cache
def _opener(authority: str) -> urllib.request.OpenerDirector:
    """Return what opens local addresses, past a proxy of the environment.

    authority: PEM file of the certificates that are trusted; empty: public ones. Raises OSError.
    """
    context = ssl.create_default_context(cafile=authority or None)
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )


def _authority(settings: Settings) -> str:
    return str(settings.secret_files.authority) if settings.secured else ""


def answers(settings: Settings, url: str) -> bool:
    """Return True when a local server answers a GET."""
    return body(url, _authority(settings)) is not None


def body(url: str, authority: str = "") -> bytes | None:
    """Return the body of a successful GET, else None. authority: see _opener."""
    try:
        with _opener(authority).open(url, timeout=ANSWER_SECONDS) as answer:
            content: bytes = answer.read()
            return content
    except (OSError, ValueError, urllib.error.URLError):
        return None


def document(url: str) -> Any:
    """Return the JSON document at the URL, else None."""
    content = body(url)
    try:
        return None if content is None else json.loads(content)
    except ValueError:
        return None


def broker_answers(settings: Settings) -> bool:
    client = AdminClient(kafka.client_config(settings))
    try:
        return bool(client.list_topics(timeout=ANSWER_SECONDS).brokers)
    except KafkaException:
        return False


def group_works(settings: Settings, group: str) -> bool:
    """Return True for a stable consumer group with members."""
    client = AdminClient(kafka.client_config(settings))
    try:
        group = settings.prefixed(group)
        answer = described(client, group, ANSWER_SECONDS)
    except KafkaException:
        return False
    return bool(answer.state == ConsumerGroupState.STABLE and answer.members)


def job_runs(settings: Settings) -> bool:
    """Return True when all tasks of the job run on its Flink, and none is stuck."""
    overview = _of_flink(settings, "jobs/overview")
    running = [
        job
        for job in overview.get("jobs", [])
        if job["state"] == "RUNNING" and job["tasks"]["running"] == job["tasks"]["total"]
    ]
    if not running:
        return False
    try:
        client = AdminClient(kafka.client_config(settings))
        name = settings.prefixed(kafka.job_name(kafka.cluster_id(client, ANSWER_SECONDS)))
    except KafkaException:
        return False
    return any(job["name"] == name and not _trouble(settings, job) for job in running)


def _trouble(settings: Settings, job: dict[str, Any]) -> str:
    path = f"jobs/{job['jid']}"
    checkpoints = _of_flink(settings, f"{path}/checkpoints")
    failures = _of_flink(settings, f"{path}/{FAILURES}")
    return checkpoint_trouble(settings, job, checkpoints) or failure_trouble(failures)


def _of_flink(settings: Settings, path: str) -> dict[str, Any]:
    """Return the answer of Flink's REST API to a GET; empty if it does not answer."""
    if settings.flink == "local" and not settings.secured:
        return document(f"{settings.flink_url}/{path}") or {}
    cluster_rest = import_module("connect.cluster_rest")  # takes its time, and few need it
    try:
        answer: dict[str, Any] = cluster_rest.get(settings, path, ANSWER_SECONDS)
    except UserError:
        return {}
    return answer


def registry_answers(settings: Settings) -> bool:
    """Return True when the registry, ours or another one, answers this client."""
    registry = import_module("connect.registry")  # takes longer than all other imports together
    try:
        registry.client(settings)
    except UserError:
        return False
    return True


def part_state(settings: Settings, part: str) -> str:
    """Return the state of a part by its status port: "ready", "not ready", or "stopped" if nothing
    answers there."""
    return _readiness(settings, part)[0]


def obstacle(settings: Settings, part: str) -> str:
    """Return the sentence with which a part says what keeps it from its work; empty: none."""
    return _readiness(settings, part)[1]


def _readiness(settings: Settings, part: str) -> tuple[str, str]:
    port = status_port(settings.status_port, part) if part in PARTS else 0
    if not port:
        return "stopped", ""
    request = urllib.request.Request(f"{settings.scheme}://{settings.host}:{port}/readyz")
    try:
        if settings.secured:
            token = secret(settings.secret_files.metrics_token)
            request.add_header("Authorization", f"Bearer {token}")
        with _opener(_authority(settings)).open(request, timeout=ANSWER_SECONDS):
            return "ready", ""
    except urllib.error.HTTPError as error:
        return "not ready", error.read().decode(errors="replace").strip()
    except (OSError, UserError):
        return "stopped", ""


def read_model_works(settings: Settings) -> bool:
    """Return True while the read model's process works, once it has read the levels."""
    progress = read_progress(settings)
    return progress is not None and progress.works


def task_managers(flink: str) -> int:
    """Return the number of registered task managers of the cluster at host:port."""
    answer = document(f"http://{flink}/taskmanagers")
    return len((answer or {}).get("taskmanagers", []))
