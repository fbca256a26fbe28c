"""Questions to a running process; each answers within seconds and never raises."""

import json
import urllib.error
import urllib.request
from typing import Any

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from connect import kafka
from connect.settings import Settings

ANSWER_SECONDS = 3.0

# Local addresses are never asked through a proxy that the environment may name.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def body(url: str) -> bytes | None:
    """What a GET answers with success, else None."""
    try:
        with _direct.open(url, timeout=ANSWER_SECONDS) as answer:
            content: bytes = answer.read()
            return content
    except (OSError, ValueError, urllib.error.URLError):
        return None


def document(url: str) -> Any:
    """The JSON document at the URL, else None."""
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
    """Whether a consumer group has members, and every partition one of them."""
    client = AdminClient(kafka.client_config(settings))
    try:
        asked = client.describe_consumer_groups([group], request_timeout=ANSWER_SECONDS)
        found = asked[group].result(ANSWER_SECONDS)
    except (KafkaException, TimeoutError):
        return False
    return bool(found.state == ConsumerGroupState.STABLE and found.members)


def job_runs(flink: str) -> bool:
    """Whether the cluster at host:port has a job whose every task runs."""
    overview = document(f"http://{flink}/jobs/overview")
    return any(
        job["state"] == "RUNNING" and job["tasks"]["running"] == job["tasks"]["total"]
        for job in (overview or {}).get("jobs", [])
    )


def task_managers(flink: str) -> int:
    """How many task managers have registered with the cluster at host:port."""
    answer = document(f"http://{flink}/taskmanagers")
    return len((answer or {}).get("taskmanagers", []))
