"""The job's state, its page and its disk, on a real Kafka whose topics lose records."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from confluent_kafka import OFFSET_END, TopicPartition
from rich.console import Console

from connect import kafka
from schemas.generated import EVENTS, Transaction
from stack.runtime import Stack
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline

pytestmark = pytest.mark.slow
SECONDS_TO_SETTLE = 90
FROM_THE_FIRST = "Starting from the first event."
EVIL = {"Origin": "https://evil.example"}


@pytest.fixture(scope="module")
def pipeline() -> Iterator[RunningPipeline]:
    with Stack.on_free_ports(["registry", "kafka"], gate="off", checkpoint_seconds=2) as stack:
        stack.names += ["job"]
        stack.fetch(Console(quiet=True))
        running = RunningPipeline(stack)
        applied = running.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        running.start_job()
        running.send(1_000)
        assert not running.differences(SECONDS_TO_SETTLE)
        yield running


def log(pipeline: RunningPipeline) -> str:
    return (pipeline.settings.state / "logs" / "job.log").read_text()


def stop(pipeline: RunningPipeline) -> None:
    pipeline.stack.supervisor.stop_process("job")
    until(lambda: pipeline.stack.pid("job") is None)


def jobs(pipeline: RunningPipeline) -> list[Path]:
    """Return the folders of all jobs that have left checkpoints."""
    return [file.parents[1] for file in complete(pipeline)]


def complete(pipeline: RunningPipeline) -> list[Path]:
    return list((pipeline.settings.state / "checkpoints").glob("**/_metadata"))


def page(pipeline: RunningPipeline) -> str:
    return f"http://{pipeline.settings.host}:{pipeline.settings.flink_port}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "jars/upload"),
        ("POST", "jobs"),
        ("PATCH", "jobs/{job}"),
        ("POST", "jobs/{job}/stop"),
        ("DELETE", "cluster"),
        ("GET", "jobs/{job}/yarn-cancel"),
        ("GET", "jobs/{job}/yarn-stop"),
        ("GET", "v1/jobs/{job}/yarn%2Dcancel/?from=elsewhere"),
    ],
)
def test_the_page_of_the_job_runs_nothing_and_ends_nothing(
    pipeline: RunningPipeline, method: str, path: str
) -> None:
    (job,) = requests.get(f"{page(pipeline)}/jobs", timeout=10).json()["jobs"]
    files = {"jarfile": ("x.jar", b"PK")} if method == "POST" else None
    address = f"{page(pipeline)}/{path.format(job=job['id'])}"
    answer = requests.request(method, address, files=files, headers=EVIL, timeout=10)
    assert answer.status_code == 403
    time.sleep(1)
    assert requests.get(f"{page(pipeline)}/jobs", timeout=10).json()["jobs"] == [job]


def test_the_page_of_the_job_lets_no_other_page_read_it(pipeline: RunningPipeline) -> None:
    answer = requests.get(f"{page(pipeline)}/overview", headers=EVIL, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == page(pipeline)


@pytest.mark.nightly
def test_checkpoints_of_former_jobs_are_deleted_and_the_state_is_kept(
    pipeline: RunningPipeline,
) -> None:
    starts = log(pipeline).count(FROM_THE_FIRST)
    for _ in range(2):
        until(lambda: len(jobs(pipeline)) > 0)
        before = set(jobs(pipeline))
        stop(pipeline)
        assert complete(pipeline), "nothing to resume from"
        pipeline.start_job()
        pipeline.send(200)
        until(lambda: bool(jobs(pipeline)) and not before & set(jobs(pipeline)))  # noqa: B023
        until(lambda: not any(job.exists() for job in before))  # noqa: B023
    assert not pipeline.differences(SECONDS_TO_SETTLE)
    assert log(pipeline).count("Continuing from ") >= 2
    assert log(pipeline).count(FROM_THE_FIRST) == starts


def test_records_that_are_gone_before_the_job_reads_them_make_it_start_anew(
    pipeline: RunningPipeline,
) -> None:
    """The job must not read such a partition again from where it begins."""
    job = pipeline.stack.pid("job")
    assert job
    children = psutil.Process(job).children(recursive=True)
    (java,) = [child for child in children if child.name() == "java"]
    java.suspend()
    pipeline.send(2_000)
    delete_records(pipeline)
    java.resume()
    until(lambda: "are lost in " in log(pipeline), 120)
    pipeline.stack.wait("job")


@pytest.mark.nightly
def test_a_topic_made_anew_is_another_state(pipeline: RunningPipeline) -> None:
    stop(pipeline)
    client = kafka.admin(pipeline.settings)
    client.delete_topics([Transaction.TOPIC])[Transaction.TOPIC].result()
    until(lambda: Transaction.TOPIC not in client.list_topics(timeout=10).topics)
    assert pipeline.run("contracts", "apply").returncode == 0
    pipeline.start_job()
    (sentence,) = [line for line in log(pipeline).splitlines() if "of another topic" in line]
    assert sentence.endswith(
        " INFO    job: Starting from the first event: its state is of another topic transactions."
    )


def delete_records(pipeline: RunningPipeline) -> None:
    """Delete all records of the topics that the job reads."""
    client = kafka.admin(pipeline.settings)
    topics = client.list_topics(timeout=10).topics
    everything = [
        TopicPartition(event.TOPIC, number, OFFSET_END)
        for event in EVENTS
        for number in topics[event.TOPIC].partitions
    ]
    for deleted in client.delete_records(everything).values():
        deleted.result()
