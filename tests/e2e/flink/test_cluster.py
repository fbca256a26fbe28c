"""The job on a standalone Flink cluster of two task managers."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from rich.console import Console

from connect.settings import Settings
from stack import ports
from stack.runtime import Stack
from tests.support.running_pipeline import RunningPipeline

pytestmark = pytest.mark.slow
SERVICES = ["registry", "kafka", "jobmanager", "taskmanager1", "taskmanager2"]
SECONDS_TO_SETTLE = 120


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningPipeline]:
    port = ports.free(Settings().host, 2)
    changes = {"flink_port": port, "flink": f"{Settings().host}:{port}", "checkpoint_seconds": 2}
    with Stack.on_free_ports(SERVICES, **changes) as stack:
        stack.names += ["gate", "job"]
        stack.fetch(Console(quiet=True))
        pipeline = RunningPipeline(stack)
        applied = pipeline.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        pipeline.start_job()
        yield pipeline


def test_levels_equal_the_oracle(cluster: RunningPipeline) -> None:
    cluster.send(5_000)
    assert not cluster.differences(SECONDS_TO_SETTLE)


def test_the_cluster_takes_jobs_of_its_client_but_no_upload(cluster: RunningPipeline) -> None:
    address = f"http://{cluster.settings.flink}"
    upload = requests.post(f"{address}/jars/upload", timeout=10)
    assert upload.status_code == 404, "an address for uploads would ask for the file"
    assert requests.get(f"{address}/jars", timeout=10).status_code == 404
    read = requests.get(
        f"{address}/overview", headers={"Origin": "https://evil.example"}, timeout=10
    )
    assert read.headers["access-control-allow-origin"] == address


@pytest.mark.parametrize(
    "manager", ["taskmanager1", pytest.param("taskmanager2", marks=pytest.mark.nightly)]
)
def test_levels_equal_the_oracle_after_a_task_manager_is_killed_under_load(
    cluster: RunningPipeline, manager: str
) -> None:
    load = threading.Thread(target=cluster.send, args=(8_000, 1_000))
    load.start()
    time.sleep(3)
    killed = cluster.stack.pid(manager)
    assert killed
    os.kill(killed, signal.SIGKILL)
    load.join()
    assert not cluster.differences(SECONDS_TO_SETTLE)


def test_a_restarted_client_submits_no_second_job(cluster: RunningPipeline) -> None:
    client = cluster.stack.pid("job")
    assert client
    os.kill(client, signal.SIGKILL)
    cluster.stack.wait_until(
        "job", lambda: cluster.stack.pid("job") not in (None, client), "The client", 30
    )
    cluster.send(2_000)
    assert not cluster.differences(SECONDS_TO_SETTLE)
    log = cluster.settings.state / "logs" / "job.log"
    cluster.stack.wait_until(
        "job", lambda: "runs the job already" in log.read_text(), "The client's answer", 60
    )
    assert log.read_text().count("Starting from the first event.") == 1
