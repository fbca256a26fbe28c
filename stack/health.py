"""Health checks of running processes; each returns within seconds and never raises."""

import json
import urllib.error
import urllib.request
from typing import Any

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from connect import kafka
from connect.settings import Settings

ANSWER_SECONDS = 3.0

# Requests to local addresses bypass a proxy of the environment.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def body(url: str) -> bytes | None:
    """Return the body of a successful GET, else None."""
    try:
        with _direct.open(url, timeout=ANSWER_SECONDS) as answer:
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
        groups = client.describe_consumer_groups([group], request_timeout=ANSWER_SECONDS)
        described = groups[group].result(ANSWER_SECONDS)
    except (KafkaException, TimeoutError):
        return False
    return bool(described.state == ConsumerGroupState.STABLE and described.members)


def job_runs(flink: str) -> bool:
    """Return True when the cluster at host:port has a job whose tasks all run."""
    overview = document(f"http://{flink}/jobs/overview")
    return any(
        job["state"] == "RUNNING" and job["tasks"]["running"] == job["tasks"]["total"]
        for job in (overview or {}).get("jobs", [])
    )


def task_managers(flink: str) -> int:
    """Return the number of registered task managers of the cluster at host:port."""
    answer = document(f"http://{flink}/taskmanagers")
    return len((answer or {}).get("taskmanagers", []))
